"""Checks of Section 4's sentences on untrained networks."""
