"""Sets of statements to put to the test, a folder each."""
