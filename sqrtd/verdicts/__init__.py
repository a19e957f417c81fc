"""From a claim's evidence to its verdict, and to the report."""
