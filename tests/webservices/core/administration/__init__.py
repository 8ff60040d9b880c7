"""What administrators configure, without a server."""
