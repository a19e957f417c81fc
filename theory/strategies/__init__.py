"""Hypothesis strategies for networks, and small DAGs in order of size."""
