"""`sqrtd conjecture`: the search for the smallest counterexample."""
