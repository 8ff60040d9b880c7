"""Each repository, in a transaction of its own."""
