"""What moves a figure of the union or P(red) of a state, the strongest first."""

import math
from dataclasses import dataclass

from forecaster.drivers import UNION_FIGURES, Drivers
from models.arrays import UNION
from models.shocks import DRIVERS

DRIVER, ASSUMPTION = "driver", "assumption"


@dataclass(frozen=True)
class Swing:
    """How far something moves a figure, from its P10 or lower end to its P90 or upper end.

    low, high: against the mean; error: half of a 95 % interval, correlation: by rank, None of assumptions.
    """

    name: str
    kind: str
    low: float
    high: float
    error: float | None
    correlation: float | None

    @property
    def size(self) -> float:
        """How far apart the ends are; 0 where an assumption's end is not allowed."""
        size = abs(self.high - self.low)
        return size if math.isfinite(size) else 0.0


def union_swings(found: Drivers, figure: str) -> list[Swing]:
    """Return what moves a figure of the union, the strongest first."""
    k = UNION_FIGURES.index(figure)
    swings = [_of_driver(found, UNION, driver, k) for driver in DRIVERS if (UNION, driver) in found.swings]
    swings += [_of_assumption(effect.ends.key, *effect.union[:, k].tolist()) for effect in found.effects]
    return sorted(swings, key=lambda swing: -swing.size)


def state_swings(found: Drivers, code: str) -> list[Swing]:
    """Return what moves P(red) of a state in any year, the strongest first [share]."""
    i = found.places.index(code)
    swings = [_of_driver(found, code, driver, 1) for driver in DRIVERS if (code, driver) in found.swings]
    swings += [_of_assumption(effect.ends.key, *effect.red[:, i].tolist()) for effect in found.effects]
    return sorted(swings, key=lambda swing: -swing.size)


def named(driver: str, place: str) -> str:
    """Return a driver in words, as a state has it or as the union has it."""
    about, over = DRIVERS[driver].about, DRIVERS[driver].over
    if place == UNION and over == "state":
        return about.replace("a state's", "each state's own") + ", summed over states"
    own = about.replace("a state's own", "its own").replace("a state's", "its own")
    return f"{own}, all contracts" if over == "lot" else own


def _of_driver(found: Drivers, place: str, driver: str, figure: int) -> Swing:
    one = found.swings[place, driver]
    mean = float(one.mean[figure])
    ranked = 0 if place != UNION else figure  # of a state, the rank correlation is told of its strain
    return Swing(
        name=named(driver, place),
        kind=DRIVER,
        low=float(one.low[figure]) - mean,
        high=float(one.high[figure]) - mean,
        error=float(one.error[figure]),
        correlation=float(one.correlation[ranked]),
    )


def _of_assumption(key: str, low: float, high: float, stands: float) -> Swing:
    return Swing(key, ASSUMPTION, low - stands, high - stands, None, None)
