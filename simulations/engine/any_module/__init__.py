"""What any module does with its parameters, and networks of it, sampled one at a time."""
