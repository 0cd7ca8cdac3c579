"""How many paths a run needs for a given sampling error of P(red)."""

import numpy as np

from models.shocks import BLOCK
from models.statistics import wilson_half_width
from models.tally import ScenarioTally

FEWEST = 2**13
"""Paths that a search begins with; it goes on by doubling."""

MOST = 2**24
"""Paths a run may have at most, as `run.paths` of assumptions.toml: where P(red) is one half they leave 0.024
points, so that `run.precision` may ask for 0.025."""


def half_width(baseline: ScenarioTally, paths: int) -> float:
    """Largest 95 % half-width of any P(red) of the baseline, over all places and years [share].

    Of a run under way the counts may be a pass ahead of the paths.
    """
    return float(wilson_half_width(_red(baseline, paths), paths).max()) if paths else 1.0


def enough(baseline: ScenarioTally, paths: int, points: float) -> bool:
    """Whether every P(red) of the baseline is known to so many points, each way."""
    return 100.0 * half_width(baseline, paths) <= points


def expected(baseline: ScenarioTally, paths: int, points: float) -> int:
    """Paths that should do, by what was counted so far: the power of two where a search would end.

    The fewest before any path is done.
    """
    asked = FEWEST
    while (
        paths
        and asked < MOST
        and (asked < paths or 100.0 * wilson_half_width(_red(baseline, paths), asked).max() > points)
    ):
        asked *= 2
    return asked


def next_look(blocks: int) -> int:
    """Next number of blocks at which a search looks: a power of two, from FEWEST paths on."""
    return max(FEWEST // BLOCK, 1 << blocks.bit_length())


def is_looked_at(blocks: int) -> bool:
    """Whether a search looks at this number of blocks."""
    return blocks * BLOCK >= FEWEST and blocks & (blocks - 1) == 0


def _red(baseline: ScenarioTally, paths: int) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    red = baseline.counts.yearly[baseline.counts.events.index("red")]
    return np.minimum(red / paths, 1.0)
