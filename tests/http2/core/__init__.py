"""What HTTP/2 decides, without a socket."""
