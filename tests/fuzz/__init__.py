"""Arbitrary bytes for whatever reads GED-188."""
