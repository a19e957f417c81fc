"""What is known of a tensor by its memory: neurons, parameters; and how much there may be."""
