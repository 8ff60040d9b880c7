"""What browsers load of the desktop: so far, the library of gadgets."""
