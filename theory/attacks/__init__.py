"""Norms, duals, and what an attack gains as d grows."""
