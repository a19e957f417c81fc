"""Networks trained on real images."""
