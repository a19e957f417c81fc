"""Interactive lessons on the proofs, in the browser."""
