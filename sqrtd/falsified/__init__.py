"""Falsified ingredients of the library, and the rows of the ledger that turn red."""
