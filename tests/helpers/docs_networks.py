"""The networks of docs/networks, as a user's file is loaded."""

from pathlib import Path

from running.user_files import parse_user_function

FOLDER = Path(__file__).parents[2] / "docs" / "networks"


def resnet18(size):
    """Build ResNet-18 for images of that size; return it with its input shape."""
    return parse_user_function(f"{FOLDER}/resnet18.py:resnet18", "a network").load()(size)
