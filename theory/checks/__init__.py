"""Exact checks of the paper's statements, a wing a section; `exact_checks` says what they share.

`subjects` are the networks and vectors on which statements are compared, `oracles` the slow
computations that they are compared with.
"""
