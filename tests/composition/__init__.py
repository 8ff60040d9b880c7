"""The wiring plan."""
