"""Where one thing alone is random, results of a whole run are known in closed form."""

import math
from dataclasses import replace
from statistics import NormalDist

import numpy as np
import pytest

from forecaster import assembly
from forecaster.case import Case
from forecaster.engine import simulate
from models import tables
from models.lots import Lot
from models.model import Model
from models.statistics import Statistics
from models.stress import scenario

PATHS = 2**20
YEARS = range(2026, 2029)
MEDIAN, SIGMA = 1.1, 0.15
BILL = 1000.0
"""What the one contract costs at planned cost, all in the second year [EUR million]."""


def certain(value: float) -> tables.Table:
    return tables.of_score(lambda share: np.full_like(share, value))


def growth_alone(model: Model) -> Model:
    """One contract of a thousand borne by one state; nothing in it is random but its cost growth."""
    lot: Lot = replace(
        next(lot for lot in model.lots if lot.line == "joint"),
        amount=0.15 * BILL,
        eu_share=0.15,
        steps=((0.0, 1.0),),
        milestones=0.0,
        duration=(12.0, 12.0),
        cost_growth=tables.lognormal(MEDIAN, SIGMA),
        usd_share=0.0,
        price_sd=0.0,
        sustainment=0.0,
        minimum=1,
        keys=(1.0, 0.0, 0.0),
    )
    timing = replace(
        model.timing,
        calls=((0.5, 1.0),),
        lag=(6.0, 6.0),
        premium=0.0,
        slip=certain(0.0),
        absorption=certain(1.0),
        saving=certain(0.06),
        median_saving=0.06,
        grant_cut=0.0,
    )
    return replace(
        model,
        economy=replace(model.economy, deflator_common=0.0, deflator_own=0.0),
        lots=(lot,),
        timing=timing,
    )


@pytest.fixture(scope="module")
def statistics(invented_union: Case) -> Statistics:
    model = assembly.model(invented_union, assembly.budget_forecast(invented_union, YEARS))
    stress = (scenario("baseline", {}, len(YEARS)),)
    return simulate(growth_alone(model), stress, PATHS, 3, None, lambda *_: None).statistics


@pytest.mark.slow
def test_the_mean_of_a_call_is_that_of_the_log_normal(statistics: Statistics) -> None:
    """1,000 x 1.1 x exp(0.15^2 / 2) = 1,112.45; standard deviation mean x sqrt(exp(0.15^2) - 1)."""
    expected = BILL * MEDIAN * math.exp(SIGMA**2 / 2.0)
    error = expected * math.sqrt(math.expm1(SIGMA**2) / PATHS)
    found = float(statistics.mean("gross_call", "baseline", "AL").sum())
    assert expected == pytest.approx(1112.45, abs=0.01)
    assert found == pytest.approx(expected, abs=3.0 * error)


@pytest.mark.slow
@pytest.mark.parametrize("level", [0.05, 0.5, 0.95])
def test_percentiles_of_a_call_are_those_of_the_log_normal(statistics: Statistics, level: float) -> None:
    """1,100 x exp(0.15 z); standard error sqrt(p (1 - p) / n) over the density there."""
    score = NormalDist().inv_cdf(level)
    expected = BILL * MEDIAN * math.exp(SIGMA * score)
    density = NormalDist().pdf(score) / (SIGMA * expected)
    error = math.sqrt(level * (1.0 - level) / PATHS) / density
    found = statistics.percentiles("gross_call", "baseline", "AL", (level,))
    assert found[1, 0] == pytest.approx(expected, abs=3.0 * error)
    assert np.all(found[[0, *range(2, len(found))]] == 0.0)
