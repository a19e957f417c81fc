"""Progress and devices."""
