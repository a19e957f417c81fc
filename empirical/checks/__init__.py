"""Checks of Section 4 on sweeps of trained networks."""
