"""Network families, the paper's networks, and their inputs."""
