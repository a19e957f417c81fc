"""Maxima: what H2 asks, why a maximum has no fixed second moment, and where it ends the growth."""
