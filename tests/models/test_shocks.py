from collections.abc import Callable

import numpy as np
import pytest
from scipy import stats

from models import tables
from models.arrays import Floats
from models.model import Model, draws
from models.shocks import BLOCK, DRIVERS, chosen, drawn, normals, side_by_side, stream, stream_key
from models.tables import Table

NEIGHBOURS = 1000
HORIZON = 20


def standard_errors(a: Floats, b: Floats) -> Floats:
    """Correlation of each pair of rows in standard errors."""
    return (a * b).mean(axis=1) * np.sqrt(a.shape[1])


def test_neighbouring_blocks_share_no_number() -> None:
    key = stream_key(20251231, "budget/AL")
    blocks = np.concatenate([normals(key, block, 1) for block in range(NEIGHBOURS)])
    assert len(np.unique(blocks.view(np.uint64))) == blocks.size


def generator(key: int, block: int) -> np.random.Generator:
    """The generator of a block as numpy makes it."""
    return np.random.Generator(np.random.Philox(key=key, counter=[0, 0, block, 0]))


def test_generators_of_neighbouring_blocks_share_no_word() -> None:
    key = stream_key(20251231, "budget/AL")
    words = [generator(key, k).bit_generator.random_raw(512) for k in range(NEIGHBOURS)]
    assert len(np.unique(words)) == NEIGHBOURS * 512


def test_numbers_are_those_of_numpy() -> None:
    """A million, of which some 260 are beyond the ziggurat's last layer."""
    shocks, names = drawn(20251231, 4, 3), ("usd", "budget/AL", "slip/a line")
    for name, rows in zip(names, (1, 317, 10), strict=True):
        key = stream_key(20251231, name)
        blocks = [generator(key, 4 + k).standard_normal((rows, BLOCK)) for k in range(3)]
        assert np.concatenate(blocks, axis=1).tobytes() == shocks(name, rows).tobytes()
        assert blocks[1].tobytes() == normals(key, 5, rows).tobytes()


@pytest.mark.parametrize("lag", [0, 1, 4])
def test_neighbouring_blocks_are_not_correlated(lag: int) -> None:
    key = stream_key(20251231, "growth/NO")
    blocks = np.concatenate([normals(key, block, 1) for block in range(NEIGHBOURS)])
    one, other = blocks[:-1, : BLOCK - lag], blocks[1:, lag:]
    found = standard_errors(one, other)
    assert np.abs(found).max() < 4.5
    assert abs(found.mean()) * np.sqrt(len(found)) < 4.0


def test_streams_rows_and_replicas_are_not_correlated() -> None:
    names = [stream("budget", f"{a}{b}") for a in "ABCDEFGH" for b in "ABCDEFGH"]
    keys = [stream_key(1, name) for name in names] + [stream_key(1, name, 1) for name in names]
    rows = np.concatenate([normals(key, 0, 2) for key in keys])
    found = np.corrcoef(rows)[np.triu_indices(len(rows), 1)] * np.sqrt(BLOCK)
    assert np.abs(found).max() < 5.0
    assert np.sqrt((found**2).mean()) == pytest.approx(1.0, abs=0.02)


def test_numbers_are_standard_normal() -> None:
    sample = normals(stream_key(2, "usd"), 0, 100).ravel()
    assert stats.kstest(sample, "norm").pvalue > 0.01


def test_keys_are_those_of_the_first_release() -> None:
    """A changed key would change every figure ever published; the value is SHA-256 worked apart."""
    assert stream_key(20251231, "budget/DE") == 0x5469AE49B30F7DD007C5A91363EA6166
    assert stream_key(20251231, "budget/DE", 1) != stream_key(20251231, "budget/DE")


def test_parts_of_an_address_do_not_run_into_each_other() -> None:
    assert stream_key(1, "2usd") != stream_key(12, "usd")
    assert stream_key(1, "usd", 11) != stream_key(11, "usd", 1)


def test_a_longer_horizon_leaves_earlier_years() -> None:
    key = stream_key(1, "rate")
    assert (normals(key, 3, HORIZON)[:7] == normals(key, 3, 7)).all()


def test_passes_of_blocks_are_the_blocks_side_by_side() -> None:
    whole = drawn(9, 4, 3)("usd", 5)
    parts = [drawn(9, 4 + k, 1)("usd", 5) for k in range(3)]
    assert (whole == np.concatenate(parts, axis=1)).all()
    assert whole.shape == (5, 3 * BLOCK)


def test_common_streams_are_drawn_once() -> None:
    shocks = drawn(9, 0, 1)
    assert shocks("usd", 5) is shocks("usd", 5)
    assert shocks("budget/AL", 5) is not shocks("budget/AL", 5)


def test_chosen_points_stand_in_their_stream_and_row() -> None:
    """Two draws of three variables; a stream may be asked for fewer rows than were chosen of it."""
    shocks = chosen([("usd", 0), ("rate", 2), ("usd", 1)], np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]))
    assert shocks("usd", 3).tolist() == [[1.0, 2.0], [5.0, 6.0], [0.0, 0.0]]
    assert shocks("rate", 3).tolist() == [[0.0, 0.0], [0.0, 0.0], [3.0, 4.0]]
    assert shocks("rate", 2).tolist() == shocks("uah", 2).tolist() == [[0.0, 0.0], [0.0, 0.0]]


def asked(model: Model) -> dict[str, int]:
    """Streams a model asks for, with their rows."""
    found: dict[str, int] = {}

    def shocks(name: str, rows: int) -> Floats:
        assert found.setdefault(name, rows) == rows
        return np.zeros((rows, 4))

    draws(model, shocks)
    return found


def test_sources_side_by_side_are_one_after_the_other() -> None:
    one, other = np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([[5.0]])
    together = side_by_side([chosen([("a", 0), ("b", 1)], one), chosen([("b", 0)], other)])
    assert together("a", 1).tolist() == [[1.0, 2.0, 0.0]]
    assert together("b", 2).tolist() == [[0.0, 0.0, 5.0], [3.0, 4.0, 0.0]]


def test_every_stream_is_of_a_declared_driver_and_every_driver_used(invented_model: Model) -> None:
    found = asked(invented_model)
    assert {name.split("/")[0] for name in found} == set(DRIVERS)
    depth = {"union": 0, "capability": 1, "state": 1, "lot": 1, "lot and state": 2}
    for name, rows in found.items():
        driver = DRIVERS[name.split("/")[0]]
        assert name.count("/") == depth[driver.over]
        assert rows == 1 or driver.yearly


def test_draws_do_not_depend_on_the_order_in_which_streams_are_asked_for(invented_model: Model) -> None:
    forward, backward = drawn(3, 0, 1), drawn(3, 0, 1)
    names = asked(invented_model)
    one = {name: forward(name, rows) for name, rows in names.items()}
    other = {name: backward(name, rows) for name, rows in reversed(names.items())}
    assert all((one[name] == other[name]).all() for name in names)


@pytest.mark.parametrize("change", [lambda k: (k + 1, "usd"), lambda k: (k, "uah")])
def test_another_seed_or_name_gives_other_numbers(change: Callable[[int], tuple[int, str]]) -> None:
    assert not (normals(stream_key(*change(5)), 0, 1) == normals(stream_key(5, "usd"), 0, 1)).any()


MARGINALS: dict[str, tuple[Table, Callable[[Floats], Floats]]] = {
    "normal": (Table(-10.0, 1.0, np.arange(-10.0, 11.0)), stats.norm.cdf),
    "lognormal": (tables.lognormal(9.0, 0.765), stats.lognorm(0.765, scale=9.0).cdf),
    "beta": (tables.beta(9.0, 1.0), stats.beta(9.0, 1.0).cdf),
    "triangular": (tables.triangular(0.0, 0.1, 0.3), stats.triang(1.0 / 3.0, scale=0.3).cdf),
    "waiting": (tables.waiting(), stats.expon.cdf),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", list(MARGINALS))
def test_marginals_pass_anderson_darling_at_a_million(name: str) -> None:
    """Critical value for a distribution known beforehand: 3.857 at 1 % (Stephens, JASA 69, 1974, table 1)."""
    table, distribution = MARGINALS[name]
    key = stream_key(20251231, f"{name}/AL")
    scores = np.concatenate([normals(key, block, 100) for block in range(10)], axis=1).ravel()[:1_000_000]
    below = np.clip(distribution(np.sort(table(scores))), 1e-12, 1.0 - 1e-12)
    odd = 2.0 * np.arange(1, len(below) + 1) - 1.0
    found = -len(below) - np.mean(odd * (np.log(below) + np.log1p(-below[::-1])))
    assert found < 3.857
