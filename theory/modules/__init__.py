"""From a torch module to its layers, neurons and predictions."""
