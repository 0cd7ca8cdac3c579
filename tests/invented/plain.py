"""Both sides of the comparison with the reference model: a case as plain values, a model without tables."""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from statistics import NormalDist

import numpy as np
from reference_model.case import Case as PlainCase
from reference_model.case import Forecast as PlainForecast
from scipy import special

from forecaster.case import Case
from models.arrays import Floats
from models.budgets import Forecast
from models.model import Model
from models.shocks import BLOCK, normals, stream_key
from models.tables import Table

HORIZON = 20
SLIP_P90 = NormalDist().inv_cdf(0.9)


@dataclass(frozen=True)
class Exact(Table):
    """Stands where a table stands, and is the function itself."""

    function: Callable[[Floats], Floats]

    def __call__(self, x: Floats) -> Floats:
        return self.function(x)


def plain(case: Case, found: Forecast) -> PlainCase:
    """A case and its forecast as plain values."""
    tables: dict[str, dict[tuple[str, int], float]] = {}
    for figure in case.budgets.figures:
        if figure.item.isdecimal():
            tables.setdefault(figure.table, {})[figure.code, int(figure.item)] = figure.value
    return PlainCase(
        years=found.years,
        states={
            state.code: {"ally": state.ally, "joins": state.joins, "loan_key": state.loan_key}
            for state in case.budgets.states
        },
        tables=tables,
        loans={loan.code: (loan.allocation, loan.advance, loan.paid_by) for loan in case.budgets.loans},
        assumed={key: record.value for key, record in case.assumptions.entries()},
        calls=[(call.share, call.date) for call in case.programme.calls],
        last_payment=case.programme.last_payment,
        lines=[line.model_dump() for line in case.programme.lines],
        forecast=_plain_forecast(found),
    )


def normal_of(seed: int, draw: int) -> Callable[[str, int], float]:
    """The normals of one draw of the first block, by stream name and row."""
    kept: dict[str, list[float]] = {}

    def normal(name: str, row: int) -> float:
        if name not in kept:
            kept[name] = _block(seed, name)[:, draw].tolist()
        return kept[name][row]

    return normal


def without_tables(case: Case, model: Model) -> Model:
    """The model with every table replaced by the function it stands for."""
    cost, award, budgets = case.assumptions.cost, case.assumptions.award, case.assumptions.budgets
    median, bounds = cost.growth_median.value, (cost.growth_low.value, cost.growth_high.value)
    shelf, new = cost.growth_sigma_shelf.value, cost.growth_sigma_new.value
    developing = {line.id for line in case.programme.lines if line.new_development}
    exponential = _exact(np.exp)
    slip_sigma = math.log(cost.slip_p90.value / cost.slip_median.value) / SLIP_P90
    timing = replace(
        model.timing,
        slip=_exact(lambda z: cost.slip_median.value * np.exp(slip_sigma * z)),
        absorption=_beta(award.absorption_alpha.value, award.absorption_beta.value),
        saving=_triangular(cost.saving_low.value, cost.saving_mode.value, cost.saving_high.value),
        uniform=_exact(special.ndtr),
        profile=_profile(award.outlay_steepness.value),
        exponential=exponential,
    )
    capacity = replace(
        model.capacity,
        pledge=_beta(budgets.pledge_weight_alpha.value, budgets.pledge_weight_beta.value),
        passed=_power(case.assumptions.capacity.pass_above.value, case.assumptions.capacity.pass_below.value),
        legacy_cost=_lognormal(median, shelf, *bounds),
    )
    return replace(
        model,
        economy=replace(model.economy, exponential=exponential),
        timing=timing,
        successor=replace(
            model.successor,
            timing=replace(
                timing, calls=model.successor.timing.calls, deadline=model.successor.timing.deadline
            ),
        ),
        lots=tuple(
            replace(lot, cost_growth=_lognormal(median, new if lot.line in developing else shelf, *bounds))
            for lot in model.lots
        ),
        participation=replace(model.participation, waiting=_exact(lambda z: -np.log1p(-special.ndtr(z)))),
        capacity=capacity,
    )


_blocks: dict[tuple[int, str], Floats] = {}


def _block(seed: int, name: str) -> Floats:
    if (seed, name) not in _blocks:
        _blocks[seed, name] = normals(stream_key(seed, name), 0, HORIZON)
    return _blocks[seed, name]


def first_draws(seed: int, draws: int) -> Callable[[str, int], Floats]:
    """Shocks of the first draws of the first block, for the model."""
    assert draws <= BLOCK
    return lambda name, rows: _block(seed, name)[:rows, :draws].copy()


def _plain_forecast(found: Forecast) -> PlainForecast:
    def rows(values: Floats) -> dict[str, list[float]]:
        return dict(zip(found.states, values.tolist(), strict=True))

    return PlainForecast(
        gdp=rows(found.gdp),
        center=rows(found.center),
        spread=dict(zip(found.states, found.spread.tolist(), strict=True)),
        pull=rows(found.pledge_pull),
        plan=rows(found.plan),
        status=dict(zip(found.states, found.plan_status, strict=True)),
    )


def _exact(function: Callable[[Floats], Floats]) -> Exact:
    return Exact(0.0, 1.0, np.zeros(2), function)


def _lognormal(median: float, sigma: float, low: float, high: float) -> Exact:
    first, last = (float(special.ndtr(math.log(x / median) / sigma)) for x in (low, high))
    return _exact(lambda z: median * np.exp(sigma * special.ndtri(first + (last - first) * special.ndtr(z))))


def _beta(alpha: float, beta: float) -> Exact:
    return _exact(lambda z: special.betaincinv(alpha, beta, special.ndtr(z)))


def _triangular(low: float, mode: float, high: float) -> Exact:
    turn = (mode - low) / (high - low)

    def quantile(z: Floats) -> Floats:
        share = special.ndtr(z)
        rising = low + np.sqrt(share * (high - low) * (mode - low))
        falling = high - np.sqrt((1.0 - share) * (high - low) * (high - mode))
        return np.where(share < turn, rising, falling)

    return _exact(quantile)


def _profile(steepness: float) -> Exact:
    return _exact(lambda x: np.expm1(-steepness * np.clip(x, 0.0, 1.0) ** 2) / math.expm1(-steepness))


def _power(above: float, below: float) -> Exact:
    return _exact(lambda x: np.power(x, np.where(x > 1.0, above, below)))
