"""Checks that the code which trains and measures networks obeys Section 2."""
