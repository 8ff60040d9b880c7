"""The directory and the check of passwords."""
