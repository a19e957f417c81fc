"""Small samples for lessons."""
