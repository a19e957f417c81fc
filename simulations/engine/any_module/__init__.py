"""Modules whose weights are used otherwise than in linear layers and convolutions."""
