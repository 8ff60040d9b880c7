"""`finesse_tx.engine`."""
