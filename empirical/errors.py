"""The error of trained networks, which attacks and training both raise."""

from evidence.errors import UserError


class TrainingError(UserError):
    """A training that went astray or cannot continue, or a network that it left unusable."""
