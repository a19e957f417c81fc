"""Recipes and methods of training, and the training loop."""
