"""Exact mathematics of network DAGs: no sampling, no training."""
