"""AXL over HTTPS."""
