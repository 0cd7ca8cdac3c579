"""Chapter one: the defence budget, from what was spent and planned to the median path and its spread."""

from collections.abc import Iterator, Sequence
from itertools import permutations

import numpy as np

from forecaster.explain.spot import Spot
from forecaster.explain.steps import Chapter, Step, assumed, computed, fitted, read, simulated, text
from forecaster.figures import Plan
from forecaster.report.fans import MEDIAN
from forecaster.sheets import budgets, money, past, plans
from models.plans import FAR_YEARS, FIRM, NEAR_YEARS, SETTLED
from models.projection import P90, SCORES


def budget(spot: Spot) -> Chapter:
    """Steps to the defence budget of the year."""
    return Chapter(
        "Defence budget",
        (*_history(spot), *_economy(spot), *_plan(spot), *_median(spot), *_pledge(spot), *_end(spot)),
    )


def _history(spot: Spot) -> Iterator[Step]:
    for year in (spot.base - 1, spot.base):
        if figure := spot.figure("spending", year):
            yield read(spot, f"spent in {year}", figure)
    before, last = (spot.figure("spending", year) for year in (spot.base - 1, spot.base))
    if before and last:
        yield computed(
            f"growth to {spot.base}",
            last.value / before.value - 1.0,
            "share",
            f"{text(last.value)} / {text(before.value)} - 1",
            past.HISTORY.at((spot.code, spot.base), "growth"),
        )


def _economy(spot: Spot) -> Iterator[Step]:
    """GDP of the year: published, or carried on by the last growth and deflator."""
    last = min(spot.year, spot.run.case.budgets.years("gdp")[-1])
    gdp = spot.figure("gdp", last)
    path = spot.at(spot.run.forecast.gdp[spot.i])
    cell = budgets.BUDGETS.at(budgets.gdp_row(spot.code), spot.year)
    if gdp is None:
        return
    yield read(spot, f"GDP of {last}", gdp)
    growth, deflator = (spot.figure(table, last) for table in ("growth", "deflator"))
    if last == spot.year or growth is None or deflator is None:
        yield computed(f"GDP of {spot.year}, baseline path", path, "EUR m", "as published", cell)
        return
    yield read(spot, f"real growth of {last}, carried on", growth)
    yield read(spot, f"deflator of {last}, carried on", deflator)
    carried = f"{text(gdp.value)} x ((1 + {text(growth.value)}) x (1 + {text(deflator.value)}))"
    years = spot.year - last
    yield computed(f"GDP of {spot.year}, baseline path", path, "EUR m", f"{carried}^{years}", cell)


def _plan(spot: Spot) -> Iterator[Step]:
    """The plan of the year on the level of the series in use, and the pair of figures it grows by."""
    status = spot.run.forecast.plan_status[spot.i][spot.t]
    if not status:
        return
    carried = spot.at(spot.run.forecast.plan[spot.i])
    cell = budgets.BUDGETS.at((spot.code, "plan"), spot.year)
    level, pair = _pair(spot, carried)
    for row in pair:
        yield planned(spot, row)
    formula = f"{text(level)} x {text(pair[1].amount)} / {text(pair[0].amount)}" if pair else ""
    told = f"{formula} (growth within one definition)" if formula else "carried over by its growth"
    yield computed(f"{status} budget of {spot.year}, in the series used", carried, "EUR m", told, cell)


def planned(spot: Spot, row: Plan) -> Step:
    """A row of the Plans sheet."""
    shown = [plan for plan in spot.run.case.budgets.plans if plan.code in spot.run.states]
    read = ", ".join(part for part in (f"read at {row.confidence}", row.as_of) if part)
    ref = plans.PLANS.at(shown.index(row), "amount") if spot.code in spot.run.states else None
    return Step(
        f"{row.status} budget of {row.year}, {row.series}",
        row.amount,
        "EUR m",
        "input",
        source=f"{row.source} ({read})",
        ref=ref,
    )


def _pair(spot: Spot, carried: float) -> tuple[float, Sequence[Plan]]:
    """The two figures of one definition whose growth gives the plan, and the level it starts from."""
    found = spot.run.forecast
    levels = {spot.base: float(found.base[spot.i])} | {
        year: float(found.plan[spot.i, t]) for t, year in enumerate(found.years[: spot.t])
    }
    rows = [plan for plan in spot.run.case.budgets.plans if plan.use and plan.code == spot.code]
    for before, after in permutations(rows, 2):
        if before.series != after.series or after.year != spot.year or before.year not in levels:
            continue
        level = levels[before.year]
        if before.amount > 0.0 and np.isclose(level * after.amount / before.amount, carried, rtol=1e-9):
            return level, (before, after)
    return float("nan"), ()


def _weight(spot: Spot) -> float | None:
    """Weight that a plan has of its own [share]."""
    _, pair = _pair(spot, spot.at(spot.run.forecast.plan[spot.i]))
    return pair[1].weight if pair else None


def _median(spot: Spot) -> Iterator[Step]:
    """The median before any pledge, and how far the forecast spreads around it."""
    forecast = spot.run.forecast
    status = forecast.plan_status[spot.i][spot.t]
    median = spot.at(spot.state.median)
    method = forecast.method[spot.i]
    if status in SETTLED and spot.t < spot.state.settled:
        how = f"the {status} budget stands"
    elif status in FIRM and (spot.ahead <= FAR_YEARS or _weight(spot) is not None):
        near = "near" if spot.ahead <= NEAR_YEARS else "far"
        own = _weight(spot)
        if own is not None:
            yield Step("weight of this plan against the forecast", own, "share", "input")
        else:
            yield assumed(spot, f"budgets.plan_weight_{near}", "weight of a plan against the forecast")
        how = f"forecast by the method '{method}', drawn towards the plan by its weight"
    else:
        how = f"forecast by the method '{method}' from spending and GDP, after the plans before it"
    yield fitted("median without the pledge", median, "EUR m", how, forecast.notes[spot.i])
    for name, score in (("P10", -P90), ("P90", P90)):
        factor = float(np.exp(np.interp(score, SCORES, spot.state.spread[spot.t])))
        yield fitted(f"{name} over the median", factor, "factor", "from the errors of such forecasts so far")


def _pledge(spot: Spot) -> Iterator[Step]:
    """How far allies close in on their pledge."""
    pull = spot.at(spot.state.pledge_pull)
    if pull == 0.0:
        return
    yield assumed(spot, "budgets.pledge_target", "pledged")
    yield assumed(spot, "budgets.pledge_year", "by")
    weight = float(spot.run.model.capacity.pledge(np.zeros(1))[0])
    yield computed(
        "pledged path over the median", float(np.exp(pull)), "factor", "straight line to the pledge"
    )
    yield computed(
        "weight of the pledge, its median", weight, "share", "median of the Beta distribution assumed"
    )
    yield computed(
        "budget over the median without the pledge",
        float(np.exp(weight * pull)),
        "factor",
        f"{text(float(np.exp(pull)))}^{text(weight)}",
    )


def _end(spot: Spot) -> Iterator[Step]:
    calm, median = spot.at(spot.calm.budget), spot.at(spot.state.median)
    yield computed(
        "budget on the median path",
        calm,
        "EUR m",
        f"{text(median)} x {text(calm / median)}" if calm != median else "as above",
    )
    if spot.stressed:
        yield from scenario_steps(spot, "budget", calm, spot.at(spot.money.budget))
    else:
        yield simulated(
            "budget, median of all paths",
            spot.at(spot.run.statistics.percentiles("budget", spot.scenario, spot.code, (0.50,))),
            "EUR m",
            ref=budgets.BUDGETS.at((spot.code, MEDIAN), spot.year),
        )
    yield simulated(
        "budget, mean of all paths",
        spot.at(spot.run.statistics.mean("budget", spot.scenario, spot.code)),
        "EUR m",
        ref=money.MONEY.at(spot.key, "budget"),
    )


def scenario_steps(spot: Spot, name: str, calm: float, moved: float) -> Iterator[Step]:
    """What a scenario makes of a quantity of the median path: the model's answer, and how far it moved."""
    scenario, levers = spot.scenario, f"the same path with {spot.levers}"
    yield Step(f"{name} on the median path, '{scenario}'", moved, "EUR m", "modelled", levers)
    yield computed(f"moved by '{scenario}'", moved / calm, "factor", f"{text(moved)} / {text(calm)}")
