"""Memory that is free again or not needed for now, handed back to the system."""

import ctypes
import mmap
import sys


def hand_back() -> None:
    """Hand back what is free, where the system's library would keep it: glibc does, of arrays of 100 kB.

    The peaks of a run's stages would add up else.
    """
    if sys.platform == "linux":
        trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
        if trim:
            trim(0)


def let_go(shared: mmap.mmap) -> None:
    """Keep no page of a mapped file in memory until it is read again, where the system can be told so."""
    shared.flush()
    if hasattr(mmap, "MADV_DONTNEED"):
        shared.madvise(mmap.MADV_DONTNEED)
