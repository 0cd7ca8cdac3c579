"""Memory that is free again, handed back to the system."""

import ctypes
import sys


def hand_back() -> None:
    """Hand back what is free, where the system's library would keep it: glibc does, of arrays of 100 kB.

    The peaks of a run's stages would add up else.
    """
    if sys.platform == "linux":
        trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
        if trim:
            trim(0)
