"""Task routing: its tests."""
