"""Memory that is free again or not needed for now handed back; garbage not looked for where there is none."""

import ctypes
import gc
import mmap
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
from numpy.typing import NDArray

TRIM_THRESHOLD, MMAP_THRESHOLD = -1, -3
"""Numbers of glibc's parameters (malloc.h): bytes kept free, bytes from which an array has its own map."""
KEPT, USUAL = (2**28, 2**25), (2**24, 2**23)
"""Both parameters: where all is kept, and about what glibc itself comes to in a run."""


def hand_back() -> None:
    """Hand back what is free, where the system's library would keep it: glibc does, of arrays of 100 kB.

    The peaks of a run's stages would add up else.
    """
    if sys.platform == "linux":
        trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
        if trim:
            trim(0)


def keep() -> None:
    """From now on keep what is freed for the next arrays, up to 256 MB, where the system's library is glibc.

    To fetch it again takes a twentieth of a pass, and a third where, as on a Dask worker, all is handed back.
    """
    _tune(*KEPT)


@contextmanager
def kept() -> Iterator[None]:
    """Meanwhile keep what is freed; then hand it back."""
    keep()
    try:
        yield
    finally:
        _tune(*USUAL)
        hand_back()


def _tune(trim: int, own_map: int) -> None:
    tune = getattr(ctypes.CDLL(None), "mallopt", None) if sys.platform == "linux" else None
    if tune:
        tune(TRIM_THRESHOLD, trim)
        tune(MMAP_THRESHOLD, own_map)


def let_go(shared: mmap.mmap) -> None:
    """Keep no page of a mapped file in memory until it is read again, where the system can be told so.

    What was written need not be on the disk by then, for which this process would wait: it is the file's.
    """
    if sys.platform != "win32":
        shared.madvise(mmap.MADV_DONTNEED)


def set_aside(arrays: Iterable[NDArray[Any]]) -> None:
    """Keep no page of the files that arrays are mapped from in memory until they are read again."""
    files = [file for array in arrays if (file := _file_of(array))]
    for file in {id(file): file for file in files}.values():
        let_go(file)


def _file_of(array: NDArray[Any]) -> mmap.mmap | None:
    """The mapped file that an array lies in, None for one that does not."""
    holder: object = array
    while isinstance(holder, np.ndarray):
        holder = holder.base
    file = holder.obj if isinstance(holder, memoryview) else None
    return file if isinstance(file, mmap.mmap) else None


@contextmanager
def lasting() -> Iterator[None]:
    """Hold the garbage collector, which does not go through what is there by the end: modules last.

    Until `uncollected` ends, which gives it all back.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if was_on:
            gc.enable()


@contextmanager
def uncollected() -> Iterator[None]:
    """Hold the garbage collector: hundreds of thousands of cells live on, in no cycles, and it finds none."""
    try:
        with lasting():
            yield
    finally:
        gc.unfreeze()  # what was made counts as old, or all of it would be gone through at once
