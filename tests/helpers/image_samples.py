"""Image files to read, and a slow reference for how."""

import numpy as np
from PIL import Image


def noise(seed, width, height, mode="RGB"):
    channels = {"RGB": 3, "RGBA": 4, "L": 1, "CMYK": 4}[mode]
    pixels = np.random.default_rng(seed).integers(0, 256, (height, width, channels), np.uint8)
    return Image.fromarray(pixels.squeeze(), mode=None if mode != "CMYK" else mode)


def resized_and_cropped(file, size):
    """Resize the short edge, then crop the centre, which `decode` does in one step."""
    with Image.open(file) as image:
        colours = image.convert("RGB")
    short = min(colours.size)
    width, height = (round(edge * size / short) for edge in colours.size)
    resized = colours.resize((width, height), Image.Resampling.BILINEAR)
    left, upper = (width - size) // 2, (height - size) // 2
    cropped = resized.crop((left, upper, left + size, upper + size))
    return np.asarray(cropped).transpose(2, 0, 1)
