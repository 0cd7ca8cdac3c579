"""Numbers of a Philox stream, from wherever it is to begin.

numpy puts a generator where a stream begins from a dictionary, and numba takes a generator over anew at each
call of a loop: for every block of every stream, as long as a fifth of its numbers take. So a loop puts the
generator itself, as often as there are blocks, in the memory whose address numpy gives
(`BitGenerator.ctypes.state_address`). What stands there must be what numpy tells of the state; else numpy
draws, and the numbers are the same.
"""

import ctypes
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from models.arrays import Floats
from models.compiled import compiled

WORD = 2**64
BUFFER = 4
"""Words that Philox makes at a time; as many are used when it begins."""
BESIDE = 4096
"""What belongs to one generator stands closer together than this [bytes]."""

Words: TypeAlias = NDArray[np.uint64]
Memory: TypeAlias = tuple[Words, Words, NDArray[np.int32]]
"""Counter (4,), key (2,) and how much of the buffer is used (1,): views of the memory of a generator."""


class _State(ctypes.Structure):
    """How numpy has begun the state of Philox since 1.17 (numpy/random/src/philox/philox.h)."""

    _fields_ = (
        ("counter", ctypes.POINTER(ctypes.c_uint64 * 4)),
        ("key", ctypes.POINTER(ctypes.c_uint64 * 2)),
        ("used", ctypes.c_int32),
    )


@dataclass(frozen=True)
class Philox:
    """A generator to be put where streams begin: to make one for each takes as long as a block's numbers."""

    generator: np.random.Generator
    memory: Memory | None
    """None where numpy keeps the state otherwise than is known here."""

    def fill(self, key: int, first_block: int, blocks: int, found: Floats) -> None:
        """Standard normals of consecutive blocks of one stream, side by side, into found (row, draw)."""
        if self.memory is None:
            for k, part in enumerate(np.split(found, blocks, axis=1)):
                self.generator.bit_generator.state = beginning(key, first_block + k)
                part[:] = self.generator.standard_normal(part.shape)
        else:
            words = np.array(halves(key), np.uint64)
            _fill(self.generator, self.memory, words, first_block, blocks, found)


def philox() -> Philox:
    """A generator, with its memory where that is as known."""
    found = np.random.Philox(key=3 * WORD + 2, counter=[4, 5, 6, 7])
    found.random_raw(3)  # so that no two of the numbers that are looked for are the same
    return Philox(np.random.Generator(found), memory(found))


def memory(of: np.random.Philox) -> Memory | None:
    """Where a generator keeps its place; None where what stands there is not what numpy tells of it."""
    address, told = of.ctypes.state_address, of.state
    state = _State.from_address(address)
    parts = (state.counter, state.key)
    if not all(part and 0 < ctypes.addressof(part.contents) - address < BESIDE for part in parts):
        return None
    found = (
        np.ctypeslib.as_array(state.counter.contents),
        np.ctypeslib.as_array(state.key.contents),
        np.ctypeslib.as_array((ctypes.c_int32 * 1).from_buffer(state, _State.used.offset)),
    )
    expected = [told["state"]["counter"], told["state"]["key"], np.array([told["buffer_pos"]])]
    same = (np.array_equal(one, other) for one, other in zip(found, expected, strict=True))
    return found if all(same) else None


def beginning(key: int, block: int) -> dict[str, Any]:
    """State of the generator `Philox(key=key, counter=[0, 0, block, 0])`, of whose numbers none is buffered.

    The block is the third 64-bit counter word, so that blocks are 2^128 numbers apart and never overlap.
    """
    return {
        "bit_generator": "Philox",
        "state": {"counter": (0, 0, block, 0), "key": halves(key)},
        "buffer": (0, 0, 0, 0),
        "buffer_pos": BUFFER,
        "has_uint32": 0,
        "uinteger": 0,
    }


def halves(key: int) -> tuple[int, int]:
    """A key of 128 bits as two words, the lower one first."""
    return key % WORD, key // WORD


@compiled
def _put(memory: Memory, key: Words, block: int) -> None:
    """Put a generator where a block of a stream begins, as `beginning` says."""
    counter, own, used = memory
    counter[:] = 0
    counter[2] = block
    own[:] = key
    used[0] = BUFFER


@compiled
def _fill(
    generator: np.random.Generator, memory: Memory, key: Words, first_block: int, blocks: int, found: Floats
) -> None:
    """Each block of columns row by row, in the order of `standard_normal((rows, columns))`."""
    size = found.shape[1] // blocks
    for k in range(blocks):
        _put(memory, key, first_block + k)
        for row in range(len(found)):
            for p in range(k * size, (k + 1) * size):
                found[row, p] = generator.standard_normal()
