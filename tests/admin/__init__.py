"""`finesse_tx.admin`: the administration console."""
