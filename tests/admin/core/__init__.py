"""`finesse_tx.admin.core`."""
