"""The pictures of the course's home page."""
