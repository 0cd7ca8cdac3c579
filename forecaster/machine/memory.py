"""Memory that is free again or not needed for now handed back; garbage not looked for where there is none."""

import ctypes
import gc
import mmap
import sys
from collections.abc import Iterator
from contextlib import contextmanager

TRIM_THRESHOLD, MMAP_THRESHOLD = -1, -3
"""Numbers of glibc's parameters (malloc.h): bytes kept free, bytes from which an array has its own map."""


def hand_back() -> None:
    """Hand back what is free, where the system's library would keep it: glibc does, of arrays of 100 kB.

    The peaks of a run's stages would add up else.
    """
    if sys.platform == "linux":
        trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
        if trim:
            trim(0)


@contextmanager
def kept() -> Iterator[None]:
    """Meanwhile keep what is freed for the next arrays, where the system's library is glibc.

    A Dask worker is told to hand back all it can; to fetch it again for every array takes a third of a pass.
    """
    if sys.platform == "linux":
        tune = getattr(ctypes.CDLL(None), "mallopt", None)
        if tune:
            tune(TRIM_THRESHOLD, 2**28)
            tune(MMAP_THRESHOLD, 2**25)
    try:
        yield
    finally:
        hand_back()


def let_go(shared: mmap.mmap) -> None:
    """Keep no page of a mapped file in memory until it is read again, where the system can be told so."""
    if sys.platform != "win32":
        shared.flush()
        shared.madvise(mmap.MADV_DONTNEED)


@contextmanager
def uncollected() -> Iterator[None]:
    """Hold the garbage collector: hundreds of thousands of cells live on, in no cycles, and it finds none."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.freeze()  # what was made counts as old, or all of it would be gone through at once
            gc.unfreeze()
            gc.enable()
