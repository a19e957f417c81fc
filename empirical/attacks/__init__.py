"""Loss gradients, and the attacks made from them."""
