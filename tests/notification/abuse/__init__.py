"""Hostile clients: each abuse a test, with an honest client beside it."""
