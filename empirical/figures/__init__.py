"""Figures 1 to 3 of the paper, drawn from trained networks."""
