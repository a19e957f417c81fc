"""Labelled images: data sets and how they are read."""
