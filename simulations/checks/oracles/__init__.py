"""Checks of known laws, which the other checks rest on."""
