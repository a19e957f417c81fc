"""The C library's memory, kept for the next step of a training instead of given back."""

import ctypes

_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD = -1, -3  # of glibc's malloc.h


def keep_freed_memory() -> None:
    """Tell glibc to keep large blocks that are freed, for this process and from now on.

    It gives blocks above 32 MiB back to the kernel, which zeroes every page of the next one: with
    64 channels, 32 x 32 pixels and batches of 128, where each activation has 32 MiB, a quarter of
    the time of a training on CPU. The price is that the process stays as large as it ever was.
    Where the C library is another one, nothing happens.
    """
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (AttributeError, OSError, TypeError):  # musl and macOS; Windows
        return
    mallopt(_M_MMAP_THRESHOLD, 2**31 - 1)
    mallopt(_M_TRIM_THRESHOLD, -1)
