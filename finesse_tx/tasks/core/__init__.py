"""Tasks and agents' media as values, and the rules between them; no I/O."""
