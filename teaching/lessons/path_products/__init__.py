"""Path-products decorrelate: Lemmas 9 and 10 on two paths that the student chooses."""
