"""What `sqrtd simulate` and `sqrtd train`, and `import sqrtd`, run and give back."""
