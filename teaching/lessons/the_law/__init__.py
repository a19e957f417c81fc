"""The law in one minute: what an attack gains against the input dimension, and why."""
