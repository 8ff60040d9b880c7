"""Outbound, without telephones or a database."""
