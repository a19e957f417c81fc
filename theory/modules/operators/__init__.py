"""What torch's operators do to neurons: move, weigh, add up, and activate them."""
