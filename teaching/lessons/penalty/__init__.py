"""Proposition 2 and Remark 1: attacks in training, penalties on gradients, and small errors."""
