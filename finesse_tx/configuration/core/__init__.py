"""The configuration as a document of plain values, and what taking one in would change."""
