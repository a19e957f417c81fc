"""Checks of the appendices on images and on trained networks."""
