"""Strain: how far calls and promises go into what a place has to invest, and what of them is beyond it."""

from dataclasses import dataclass

import numpy as np

from models.arrays import Floats
from models.billing import Layers
from models.compiled import compiled
from models.fiscal import Points


@dataclass(frozen=True)
class Standing:
    """What a place has and has promised whatever the programme does. Shapes (year, draw), EUR million.

    strain_without: promises over investment [ratio], gap_without: promises beyond it; plan_gap: planned
    investment at the prices and cost growth of the draw, with the service of loans that defence bears, beyond
    investment money, given where it is asked for.
    """

    budget: Floats
    investment: Floats
    committed: Floats
    safe_service: Floats
    strain_without: Floats
    gap_without: Floats
    plan_gap: Floats | None = None


@dataclass(frozen=True)
class Outcome:
    """One place in one scenario: a state, or the union as the sum over states.

    Shapes (year, draw), EUR million, ukraine_loan (year,); strain, strain_difference: of promises and net
    calls over investment, and what the programme adds to it [ratio]; treasury_call: own resources, service of
    SAFE loans and interest of the Ukraine loan; points: of GDP, of the union the mean weighted by GDP;
    layers: given where the programme's calls are taken apart.
    """

    standing: Standing
    gross_call: Floats
    net_call: Floats
    strain: Floats
    strain_difference: Floats
    gap: Floats
    own_resources: Floats
    ukraine_loan: Floats
    treasury_call: Floats
    layers: Layers | None = None
    points: Points | None = None


@dataclass(frozen=True)
class Thresholds:
    """Strain above which a year is amber or red [ratio]."""

    amber: float
    red: float


@compiled
def without(committed: Floats, investment: Floats) -> tuple[Floats, Floats]:
    """Strain and gap without the programme. Shapes (year, draw)."""
    strain, gap = np.empty_like(committed), np.empty_like(committed)
    for t in range(len(committed)):
        for p in range(committed.shape[1]):
            strain[t, p] = committed[t, p] / investment[t, p]
            gap[t, p] = max(committed[t, p] - investment[t, p], 0.0)
    return strain, gap


def gap_of_plan(planned: Floats, investment: Floats) -> Floats:
    """What is planned beyond investment money. Shape (year, draw)."""
    return np.asarray(np.maximum(planned - investment, 0.0))


@compiled
def strained(committed: Floats, net: Floats, investment: Floats) -> tuple[Floats, Floats, Floats]:
    """Strain with the programme's net calls, what they add to it, and the gap. Shapes (year, draw)."""
    strain, difference, gap = np.empty_like(net), np.empty_like(net), np.empty_like(net)
    for t in range(len(net)):
        for p in range(net.shape[1]):
            promised = committed[t, p] + net[t, p]
            strain[t, p] = promised / investment[t, p]
            difference[t, p] = net[t, p] / investment[t, p]
            gap[t, p] = max(promised - investment[t, p], 0.0)
    return strain, difference, gap
