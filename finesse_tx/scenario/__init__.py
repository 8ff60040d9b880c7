"""Scenarios: a day in a contact centre, written down, played on the simulator, and checked."""
