"""Monte Carlo over ReLU networks at initialization."""
