"""The directory's values; they know nothing of how they are stored."""
