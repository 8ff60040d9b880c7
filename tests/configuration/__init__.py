"""The whole configuration as text."""
