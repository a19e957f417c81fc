"""The random walk: Lemma 7 on a network that the student edits."""
