"""What malformed inputs and killed runs do, tried on the command itself."""
