"""The lessons' server, sessions and page."""
