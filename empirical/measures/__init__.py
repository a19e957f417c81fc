"""What is measured on trained networks, and how networks are averaged."""
