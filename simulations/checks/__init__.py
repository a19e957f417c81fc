"""The claims on random networks, each put to the test."""
