import numpy as np
import pytest
from numpy.typing import NDArray

from models import philox
from models.philox import COUNTER, LANES, USED, WORDS, ZIGGURAT, beginning, keys_of_rounds, normals

KEYS = [0, 1, 2**64 - 1, 2**64, 2**128 - 1, 0x5469AE49B30F7DD007C5A91363EA6166]
BLOCKS = [0, 1, 2**40]

Words = NDArray[np.uint64]


def stream(key: int, block: int) -> philox.Stream:
    """A block of a stream of which nothing is used."""
    words, lanes = np.zeros(WORDS, np.uint64), np.zeros((4, LANES), np.uint64)
    return keys_of_rounds(key), words, lanes, np.array([WORDS, 1, block], np.uint64)


def numbers(words: list[int], count: int) -> np.ndarray:
    """Normals made of words that are at hand."""
    keys, _, lanes, place = stream(1, 1)
    given = np.zeros(WORDS, np.uint64)
    given[: len(words)] = words
    place[USED] = 0
    assert ZIGGURAT is not None
    found = np.empty(count)
    philox._normals((keys, given, lanes, place), ZIGGURAT, found)
    return found


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("block", BLOCKS)
def test_words_are_those_of_numpy(key: int, block: int) -> None:
    ours = stream(key, block)
    made: list[Words] = []
    for _ in range(3):
        assert philox._refilled(ours) == 0
        made.append(ours[1].copy())
    assert ours[3][COUNTER] == 1 + 3 * LANES
    expected = np.random.Philox(key=key, counter=[0, 0, block, 0]).random_raw(3 * WORDS)
    assert np.concatenate(made).tobytes() == expected.tobytes()


def test_words_are_those_of_its_authors() -> None:
    """Known answers of Random123 (kat_vectors: philox4x64 10, the last: digits of pi)."""
    pi = (0x243F6A8885A308D3, 0x13198A2E03707344, 0xA4093822299F31D0, 0x082EFA98EC4E6C89)
    key = 0xBE5466CF34E90C6C << 64 | 0x452821E638D01377
    lanes = np.repeat(np.array(pi, np.uint64)[:, np.newaxis], LANES, axis=1)
    for lower, upper in keys_of_rounds(key):
        philox._round(lower, upper, *lanes)
    expected = (0xA528F45403E61D95, 0x38C72DBD566E9788, 0xA5A1610E72FD18B5, 0x57BD43B5E52B7FE6)
    assert [int(word) for word in lanes[:, -1]] == list(expected)


@pytest.mark.parametrize("by", ["loops", "numpy"])
@pytest.mark.parametrize("key", KEYS)
def test_numbers_are_those_of_numpy(monkeypatch: pytest.MonkeyPatch, key: int, by: str) -> None:
    assert ZIGGURAT is not None
    if by == "numpy":
        monkeypatch.setattr(philox, "ZIGGURAT", None)
    for rows, blocks, draws in ((3, 2, 64), (1, 1, 7), (5, 3, 33)):
        found = normals(key, 2**40, blocks, rows, draws)
        expected = [beginning(key, 2**40 + k).standard_normal((rows, draws)) for k in range(blocks)]
        assert found.tobytes() == np.concatenate(expected, axis=1).tobytes()


def test_numbers_from_the_tail_are_those_of_numpy() -> None:
    """Of 2^22 numbers some 1,080 are beyond the last layer, on either side."""
    found = normals(7, 3, 1, 64, 2**16)
    assert found.tobytes() == beginning(7, 3).standard_normal(found.shape).tobytes()
    beyond = found[np.abs(found) > 3.6541528853610088]
    assert 900 < len(beyond) < 1300
    assert 0.4 < (beyond > 0.0).mean() < 0.6


def test_wherever_words_run_out_the_next_ones_follow() -> None:
    """Rows as short as one number end at each of the words at hand."""
    found = normals(11, 0, 1, 4 * WORDS, 1)
    assert found.tobytes() == beginning(11, 0).standard_normal(found.shape).tobytes()


def test_a_word_is_layer_sign_and_steps() -> None:
    """Of layer 2, 1,000 steps from the axis, on either side; the width of a step is that of numpy's layer."""
    assert ZIGGURAT is not None
    width = ZIGGURAT[0][2]
    steps = 1000 << 9
    assert numbers([steps | 2, steps | 1 << 8 | 2], 2).tolist() == [1000 * width, -1000 * width]


def test_under_the_curve_a_point_counts_and_above_it_not() -> None:
    """The outermost point of layer 100 counts at the lowest height (word 0), not at the greatest."""
    assert ZIGGURAT is not None
    edge = (2**52 - 1) << 9 | 100
    assert numbers([edge, 0], 1)[0] == (2**52 - 1) * ZIGGURAT[0][100]
    assert numbers([edge, 2**64 - 1, 2], 1)[0] == 0.0
