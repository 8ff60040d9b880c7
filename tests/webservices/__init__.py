"""The REST API and its model."""
