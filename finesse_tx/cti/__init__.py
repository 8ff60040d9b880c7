"""GED-188, the CTI server protocol: codec, client and server."""
