"""What other parts see of the store: its errors."""
