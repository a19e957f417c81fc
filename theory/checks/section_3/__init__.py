"""Exact checks of Section 3."""
