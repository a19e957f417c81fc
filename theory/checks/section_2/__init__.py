"""Exact checks of Section 2."""
