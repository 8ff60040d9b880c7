"""Tests through real sockets, with peers that nobody here wrote."""
