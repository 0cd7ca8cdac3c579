"""Loops as machine code: a formula is written for one year and one draw, and runs as fast as C.

numba compiles a function when it is first called and keeps the result beside its source, or in the user's
cache. It rounds as numpy does (no fused or reordered operations), so the bits are those of the formula, and
lets go of the interpreter's lock, so that threads run side by side.
"""

from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar, cast

import numba

Loop = TypeVar("Loop", bound=Callable[..., Any])


def compiled(loop: Loop) -> Loop:
    """The same function in machine code.

    What is kept is made again when the function's own file changes, so it may call only what is compiled in
    the same file. Arrays are contiguous; nothing is checked, so shapes must fit.
    """
    machine_code = partial(numba.njit, nogil=True, error_model="numpy")
    try:
        return cast("Loop", machine_code(cache=True)(loop))
    except RuntimeError:  # neither the folder of the source nor the user's cache can be written to
        return cast("Loop", machine_code()(loop))
