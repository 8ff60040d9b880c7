"""JTAPI's call model: provider, address, terminal, call, connection, terminal connection."""
