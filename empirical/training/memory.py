"""The C library's memory, kept for the next step of a training instead of given back."""

import ctypes

_M_TRIM_THRESHOLD, _M_MMAP_MAX = -1, -4  # of glibc's malloc.h


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
    # No maps of their own for large blocks. A higher M_MMAP_THRESHOLD would say the same, but
    # versions before 2.35 refuse one above 32 MiB.
    mallopt(_M_MMAP_MAX, 0)
    mallopt(_M_TRIM_THRESHOLD, -1)
