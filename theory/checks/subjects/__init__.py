"""Networks and vectors that only checks use."""
