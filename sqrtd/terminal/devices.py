"""Devices by their names."""

import torch

from evidence.errors import UserError


def read_device(name: str) -> torch.device:
    """Find a device by its name: cpu, cuda or cuda:N.

    Raises
    ------
    UserError
        For another name, or a GPU that is not there.
    """
    try:
        device = torch.device(name)
    except (RuntimeError, ValueError, OverflowError):  # of words, and of numbers too large
        device = None
    if device is None or (device.type != "cuda" and name != "cpu"):
        raise UserError(f"unknown device {name!r}; give cpu, cuda or cuda:N")
    if device.type == "cuda" and (device.index or 0) >= torch.cuda.device_count():
        there = torch.cuda.device_count()
        raise UserError(f"no device {name!r}: {there} CUDA GPUs are here; use --device cpu")
    return device
