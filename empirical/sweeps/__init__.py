"""Experiments: many networks trained, kept, resumed and recorded."""
