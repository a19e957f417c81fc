"""Many random networks at once, and their samples."""
