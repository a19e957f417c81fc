"""Path sums, path-degrees, assumption (S), pairs of paths, enumeration."""
