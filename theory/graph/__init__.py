"""The multigraph of a network's neurons."""
