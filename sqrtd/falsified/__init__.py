"""Falsified ingredients of the library: which rows of the ledger turn red when one is wrong?"""
