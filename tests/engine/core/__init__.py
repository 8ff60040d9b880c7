"""`finesse_tx.engine.core`."""
