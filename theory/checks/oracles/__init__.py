"""What checks are held against: path-products by symbols and by all patterns of signs."""
