"""GED-188 without a socket: framing, fields, messages, sessions."""
