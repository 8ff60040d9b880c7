"""The engine without a clock or a socket."""
