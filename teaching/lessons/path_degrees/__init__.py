"""Path-degrees: assumption (S) and Lemma 8 on architectures that the student chooses."""
