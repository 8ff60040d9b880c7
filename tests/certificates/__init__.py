"""The certificates of the TLS ports, seen by clients that check them."""
