"""The web services without a socket."""
