"""What a part says of itself: plain data."""
