"""Exact checks of Appendices A to D."""
