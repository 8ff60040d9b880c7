"""Documents, and what taking one in would change."""
