"""The command line, and the ledger of the paper's claims."""
