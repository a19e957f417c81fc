"""What a new lesson begins with: `sqrtd teach --new NAME` copies it."""
