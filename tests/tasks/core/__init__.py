"""The task core: its tests."""
