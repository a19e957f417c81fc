"""Exact checks of the paper's statements, a wing a section."""
