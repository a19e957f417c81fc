"""Checks of the appendices on random networks."""
