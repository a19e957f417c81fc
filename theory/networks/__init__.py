"""Networks to compute with: small ones, stacks of layers, twins."""
