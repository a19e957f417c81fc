"""Proofs that Coq checks (the .v files), and the record of what it found."""
