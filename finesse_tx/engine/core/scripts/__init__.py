"""Call treatment: scripts that decide what becomes of a caller until an agent has him."""
