"""The directory's pure parts."""
