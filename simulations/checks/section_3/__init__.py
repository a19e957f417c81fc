"""Checks of Section 3 on random networks."""
