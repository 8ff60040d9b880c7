"""The GED-188 codec and sessions, without I/O."""
