"""Standard normals of Philox streams: the numbers of numpy's generator, in a third of its time.

numpy makes four words at a time and is called for each number. Here a loop makes the words of many counters
side by side, which a processor does several at a time, and turns them into normals as numpy does.

Philox 4x64-10: Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC11, 2011.
Ziggurat: Marsaglia and Tsang, "The ziggurat method for generating random variables", J. Stat. Softw. 5, 2000.
"""

from functools import lru_cache
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from models.arrays import Floats, Integers
from models.compiled import compiled

Words: TypeAlias = NDArray[np.uint64]
Halves: TypeAlias = tuple[np.uint64, np.uint64]
"""Of a number of 128 or 64 bits, the upper one first."""
Ziggurat: TypeAlias = tuple[Floats, Integers, Floats, float, float]
"""Of each layer the width of a step, with either sign (512,), the steps below which a point is under the
curve at any height (256,), the curve at its outer edge (256,); where the tail begins, and one over that."""
Stream: TypeAlias = tuple[Words, Words, Words, Words]
"""A block of a stream: keys of its rounds (round, 2), words at hand (WORDS,), room to make them (4, LANES),
and its place (3,): how many of the words are used, counter of the next ones, block."""

ZIGGURAT: Ziggurat | None = None
"""Tables of numpy, which numba keeps for its own use of the generator. Where they are not to be found as in
numba 0.61 to 0.68 numpy draws, and the numbers are the same."""
try:
    from numba.np.random._constants import (
        fi_double,
        ki_double,
        wi_double,
        ziggurat_nor_inv_r,
        ziggurat_nor_r,
    )
except ImportError:
    pass
else:
    ZIGGURAT = (
        np.concatenate([wi_double, -wi_double]),
        ki_double.astype(np.int64),
        fi_double.copy(),
        float(ziggurat_nor_r),
        float(ziggurat_nor_inv_r),
    )

WORD = 2**64
ROUNDS, LANES = 10, 64
WORDS = 4 * LANES
GOLDEN, ROOT = 0x9E3779B97F4A7C15, 0xBB67AE8584CAA73B
WEYL = np.arange(ROUNDS, dtype=np.uint64)[:, np.newaxis] * np.array([GOLDEN, ROOT], np.uint64)
"""What is added to a key by each round (round, 2): golden ratio less 1 and root of 3 less 1, in 64 bits."""
LOWER, HALF = np.uint64(0xFFFFFFFF), np.uint64(32)
FIRST = np.uint64(0xD2E7470E), np.uint64(0xE14C6C93)
THIRD = np.uint64(0xCA5A8263), np.uint64(0x95121157)
"""What the first and the third word of a counter are multiplied by, upper and lower half."""

LAYER, SIGNED_LAYER, LAYER_BITS = np.uint64(0xFF), np.uint64(0x1FF), np.uint64(9)
STEPS = np.uint64(2**52 - 1)
TAIL_SIGN = np.int64(2**8)
"""How numpy reads a word: from below 8 bits of the layer, one of the sign, 52 of the steps from the axis; of
these the ninth is the sign in the tail."""
SHARE_BITS, PER_SHARE = np.uint64(11), 1.0 / 2**53
"""How numpy makes of a word a number from 0 to 1."""
USED, COUNTER, BLOCK = range(3)


def normals(key: int, first_block: int, blocks: int, rows: int, draws: int) -> Floats:
    """Standard normals of consecutive blocks of one stream, side by side. Shape (rows, blocks * draws).

    Row by row those that numpy gives at the `beginning` of each block.
    """
    found = np.empty((rows, blocks * draws))
    if ZIGGURAT is None:
        for k, part in enumerate(np.split(found, blocks, axis=1)):
            part[:] = beginning(key, first_block + k).standard_normal(part.shape)
    else:
        _fill(keys_of_rounds(key), first_block, ZIGGURAT, draws, found)
    return found


def beginning(key: int, block: int) -> np.random.Generator:
    """Generator of numpy where a block of a stream begins.

    The block is the third 64-bit counter word, so that blocks are 2^128 numbers apart and never overlap.
    """
    return np.random.Generator(np.random.Philox(key=key, counter=[0, 0, block, 0]))


@lru_cache(maxsize=4096)
def keys_of_rounds(key: int) -> Words:
    """A key of 128 bits as two words, the lower one first, in each round (round, 2). Do not write to them."""
    return WEYL + np.array([key % WORD, key // WORD], np.uint64)


@compiled
def _fill(keys: Words, first_block: int, ziggurat: Ziggurat, draws: int, found: Floats) -> None:
    """Each block of columns row by row, in the order of `standard_normal((rows, columns))`."""
    words, lanes, place = np.empty(WORDS, np.uint64), np.empty((4, LANES), np.uint64), np.empty(3, np.uint64)
    for k in range(found.shape[1] // draws):
        place[USED], place[COUNTER], place[BLOCK] = WORDS, 1, first_block + k
        for row in range(len(found)):
            _normals((keys, words, lanes, place), ziggurat, found[row, k * draws : (k + 1) * draws])


@compiled
def _normals(stream: Stream, ziggurat: Ziggurat, found: Floats) -> None:
    """The next normals of a stream (draw,).

    Of a hundred words 99 end at the first comparison; until one does not, their place stands in a register.
    """
    _, words, _, place = stream
    width, under, curve, _, _ = ziggurat
    used, p = place[USED], 0
    while p < len(found):
        if used == WORDS:
            used = _refilled(stream)
        word = words[used]
        used += np.uint64(1)
        layer, steps = word & LAYER, np.int64((word >> LAYER_BITS) & STEPS)
        x = steps * width[word & SIGNED_LAYER]
        found[p] = x
        if steps < under[layer]:
            p += 1
        elif layer == 0:
            place[USED] = used
            found[p] = _beyond(stream, ziggurat, steps)
            used = place[USED]
            p += 1
        else:
            if used == WORDS:
                used = _refilled(stream)
            inner, outer = curve[layer - np.uint64(1)], curve[layer]
            p += (inner - outer) * _share(words[used]) + outer < np.exp(-0.5 * x * x)
            used += np.uint64(1)
    place[USED] = used


@compiled
def _beyond(stream: Stream, ziggurat: Ziggurat, steps: np.int64) -> float:
    """A normal from the tail. Of 4,000 there is one."""
    _, _, _, tail, over_tail = ziggurat
    while True:
        x = -over_tail * np.log1p(-_share(_next(stream)))
        y = -np.log1p(-_share(_next(stream)))
        if y + y > x * x:
            return -(tail + x) if steps & TAIL_SIGN else tail + x


@compiled
def _share(word: np.uint64) -> float:
    return np.int64(word >> SHARE_BITS) * PER_SHARE


@compiled
def _next(stream: Stream) -> np.uint64:
    """The next word of a stream."""
    _, words, _, place = stream
    used = place[USED]
    if used == WORDS:
        used = _refilled(stream)
    place[USED] = used + np.uint64(1)
    return words[used]


@compiled
def _refilled(stream: Stream) -> np.uint64:
    """How many words are used when all have been made anew: none."""
    keys, words, lanes, place = stream
    _count(place, lanes)
    for n in range(ROUNDS):
        _round(keys[n, 0], keys[n, 1], lanes[0], lanes[1], lanes[2], lanes[3])
    for j in range(LANES):
        for i in range(4):
            words[4 * j + i] = lanes[i, j]
    return np.uint64(0)


@compiled
def _count(place: Words, lanes: Words) -> None:
    """The next counters of a block, into lanes (4, LANES)."""
    first, block = place[COUNTER], place[BLOCK]
    for j in range(LANES):
        lanes[0, j], lanes[1, j], lanes[2, j], lanes[3, j] = first + np.uint64(j), 0, block, 0
    place[COUNTER] += np.uint64(LANES)


@compiled
def _round(
    key: np.uint64, other_key: np.uint64, first: Words, second: Words, third: Words, fourth: Words
) -> None:
    """A round of Philox on the words of counters (LANES,), in place."""
    for j in range(LANES):
        upper, lower = _product(first[j], FIRST)
        other_upper, other_lower = _product(third[j], THIRD)
        first[j], second[j] = other_upper ^ second[j] ^ key, other_lower
        third[j], fourth[j] = upper ^ fourth[j] ^ other_key, lower


@compiled
def _product(word: np.uint64, factor: Halves) -> Halves:
    """Product of a word and a factor, of 128 bits."""
    upper, lower = factor
    low = (word & LOWER) * lower
    mixed = (word & LOWER) * upper + (low >> HALF)
    other = (word >> HALF) * lower + (mixed & LOWER)
    return (word >> HALF) * upper + (mixed >> HALF) + (other >> HALF), (other << HALF) | (low & LOWER)
