"""Tests of `finesse_tx.store.core`."""
