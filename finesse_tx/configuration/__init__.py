"""The whole configuration as one text: written, compared with what is there, and taken in."""
