"""`finesse_tx.telephony`."""
