"""What administrators configure: the objects, their limits, and every change to them as a value."""
