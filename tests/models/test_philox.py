import ctypes
from typing import Any

import numpy as np
import pytest

from models import philox as module
from models.philox import Philox, beginning, philox

KEYS = [0, 1, 2**64 - 1, 2**64, 2**128 - 1, 0x5469AE49B30F7DD007C5A91363EA6166]


def generator(key: int, block: int) -> np.random.Generator:
    """The generator of a block as numpy makes it."""
    return np.random.Generator(np.random.Philox(key=key, counter=[0, 0, block, 0]))


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("block", [0, 1, 2**40])
def test_a_stream_begins_where_numpy_begins_it(key: int, block: int) -> None:
    used = np.random.Philox(key=5)
    used.random_raw(3)
    used.state = beginning(key, block)
    np.testing.assert_equal(used.state, generator(key, block).bit_generator.state)


@pytest.mark.parametrize("put", ["in its memory", "by numpy"])
@pytest.mark.parametrize("key", KEYS)
def test_numbers_are_those_of_numpy(key: int, put: str) -> None:
    made = philox()
    assert made.memory is not None
    filled = Philox(made.generator, made.memory if put == "in its memory" else None)
    for rows, blocks, size in ((3, 2, 64), (1, 1, 7), (5, 3, 33)):
        found = np.empty((rows, blocks * size))
        filled.fill(key, 2**40, blocks, found)
        expected = [generator(key, 2**40 + k).standard_normal((rows, size)) for k in range(blocks)]
        assert found.tobytes() == np.concatenate(expected, axis=1).tobytes()


@pytest.mark.parametrize(
    "fields", [("key", "counter", "used"), ("used", "counter", "key"), ("counter", "key", "key", "used")]
)
def test_a_generator_of_another_layout_is_left_to_numpy(
    monkeypatch: pytest.MonkeyPatch, fields: tuple[str, ...]
) -> None:
    kinds: dict[str, Any] = dict(module._State._fields_)

    class Otherwise(ctypes.Structure):
        _fields_ = tuple(
            (name if name not in fields[:k] else "new", kinds[name]) for k, name in enumerate(fields)
        )

    monkeypatch.setattr(module, "_State", Otherwise)
    found = philox()
    assert found.memory is None
    numbers = np.empty((2, 8))
    found.fill(7, 1, 1, numbers)
    assert numbers.tobytes() == generator(7, 1).standard_normal((2, 8)).tobytes()
