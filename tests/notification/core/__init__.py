"""Tests of `finesse_tx.notification.core`."""
