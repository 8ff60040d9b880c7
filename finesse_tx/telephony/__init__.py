"""Telephone systems behind one JTAPI-shaped interface."""
