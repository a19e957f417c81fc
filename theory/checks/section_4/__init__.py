"""Exact checks of Section 4."""
