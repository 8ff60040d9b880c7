"""The scenario language, and what is noticed of a day; no I/O."""
