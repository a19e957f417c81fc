"""An attack is a dual norm: Lemma 1 and Equations 5 and 6, in two dimensions and in many."""
