"""After training: our own measured networks, and the sentences of Section 4 put to the test."""
