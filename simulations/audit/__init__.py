"""What a network's designer asks: which layers leave the law, and what the remedies change."""
