"""Tests of `finesse_tx.metrics`."""
