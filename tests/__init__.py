"""The suite: ``trial tests``."""
