"""Pairs of distinct paths that are correlated: where they are, and sums over them."""
