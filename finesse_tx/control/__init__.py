"""The operator's own commands to a running server, such as ``finesse-tx call``."""
