"""Tests of `finesse_tx.webservices.operations`."""
