"""Exact checks of Section 5."""
