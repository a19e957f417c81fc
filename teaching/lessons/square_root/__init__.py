"""From paths to 1/√d: Theorems 3 and 4 and Corollary 5, equality by equality."""
