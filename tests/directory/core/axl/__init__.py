"""AXL without a socket."""
