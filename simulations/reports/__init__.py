"""What `sqrtd simulate` reports: quantities, intervals, plots."""
