"""The networks, vectors and points on which only the checks compare statements."""
