"""What HTTP/2 decides, without a socket: frames, heads, budgets, and a connection's streams."""
