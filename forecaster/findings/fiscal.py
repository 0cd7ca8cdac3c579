"""What a run found on public finances, in a sentence for the first pages of the workbook."""

from collections.abc import Sequence

import numpy as np

from forecaster.report import places
from forecaster.report.styles import decimal, percent
from forecaster.run import Run
from models.arrays import UNION, Floats


def public_finances(run: Run) -> str:
    """Points of debt and balance, the programme's part in them, and where a deficit may pass its limit."""
    year = run.years[min(4, len(run.years) - 1)]
    t = run.years.index(year)
    shown = places.states(run)
    most = max(shown, key=lambda place: _mean(run, "debt_points", place.code, t))
    points, owed = _mean(run, "debt_points", most.code, t), loans(run, run.forecast.states)[t]
    own = decimal(points, 1, "+") + (f", loans {decimal(loans(run, most.states)[t], 1)}" if owed else "")
    among = "" if len(shown) == len(run.forecast.states) else "of those shown, "
    furthest = "furthest above it is" if points > 0.0 else "none is above it, nearest is"
    told = f"{most.spoken} alone: {own}" if len(shown) == 1 else f"{among}{furthest} {most.spoken} ({own})"
    from_loans = f", SAFE loans on top of budgets being {decimal(owed, 1)} points" if owed else ""
    return (
        f"Public debt of all states is on average {_beside(_mean(run, 'debt_points', UNION, t))} its "
        f"published path in {year}{from_loans}; {told}. The programme's own resources take "
        f"{_at_most(_largest_share(run), 3)} from "
        f"{'its' if len(shown) == 1 else 'any'} balance. {_limit(run, t)}"
    )


def _beside(points: float) -> str:
    """How far debt is from its path, in words."""
    return f"{decimal(abs(points), 1)} points of GDP {'above' if points >= 0.0 else 'below'}"


def loans(run: Run, codes: Sequence[str]) -> Floats:
    """SAFE loans on top of budgets, of some states, at each year's end [% of their GDP]. Shape (year,)."""
    given, rows = run.model.fiscal, [run.forecast.states.index(code) for code in codes]
    owed = given.safe_owed[rows] + given.safe_cost[rows] + given.safe_ahead[rows]
    return np.asarray(100.0 * owed.sum(axis=0) / given.gdp[rows].sum(axis=0))


def _mean(run: Run, metric: str, place: str, t: int) -> float:
    return float(run.statistics.mean(metric, run.baseline, place)[t])


def _largest_share(run: Run) -> float:
    """Largest yearly part of the programme's own resources in a state's GDP [% of GDP]."""
    return max(
        100.0
        * float(np.max(run.statistics.mean("eu_budget", run.baseline, code) / gdp))
        * (1.0 - run.case.assumptions.fiscal.in_path.value)
        for code, gdp in zip(run.forecast.states, run.forecast.gdp, strict=True)
        if code in run.states
    )


def most_added(run: Run, codes: Sequence[str]) -> float:
    """The most that the programme adds in any year to a probability of passing the limit [share]."""
    chance = run.statistics.probability
    added = (
        chance("crosses", run.baseline, code) - chance("crosses_without", run.baseline, code)
        for code in codes
    )
    return max(0.0, *(float(np.max(points)) for points in added))


def _limit(run: Run, t: int) -> str:
    """States whose published deficit is within the limit, and the one most likely to pass it."""
    given = run.model.fiscal
    limit = f"{given.limit:g} % of GDP"
    within = {
        place.spoken: place.code
        for place in places.states(run)
        if given.balance[run.forecast.states.index(place.code), t] >= -given.limit
    }
    year = run.years[t]
    if not within:
        return f"No state shown has a published deficit within {limit} in {year}."
    chance = {
        name: float(run.statistics.probability("crosses", run.baseline, code)[t])
        for name, code in within.items()
    }
    adds = most_added(run, tuple(within.values()))
    name = max(chance, key=lambda one: chance[one])
    several = len(run.states) > 1
    verb = "have" if len(within) > 1 else "has"
    subject = (
        f"Of {len(run.states)} states {len(within)} {verb}" if several else f"{name[0].upper()}{name[1:]} has"
    )
    often = f"{percent(chance[name])} of paths"
    return (
        f"{subject} a published deficit within {limit} in {year}; shocks to growth may push it past where no "
        f"policy answers, {f'most often in {name} ({often})' if several else f'in {often}'}, and the "
        f"programme adds {_at_most(100.0 * adds, 2)} to such a probability."
    )


def _at_most(points: float, digits: int) -> str:
    """The largest number of points, in words where it is none."""
    return f"at most {decimal(points, digits)} points" if points else "nothing"
