"""Fakes and helpers; each fake is verified against its interface."""
