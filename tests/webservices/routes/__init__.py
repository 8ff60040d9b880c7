"""The routes, by HTTP without a socket."""
