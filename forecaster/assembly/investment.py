"""How much of a defence budget is invested: published shares, and the source they belong to."""

from collections.abc import Mapping, Sequence

import numpy as np

from forecaster.case import Case
from models.arrays import Floats


def investment_start(case: Case) -> Floats:
    """Share of defence spending that is invested now: NATO's mean of three years, else EDA's latest.

    (state,).
    """
    base = case.assumptions.run.base_year
    return _first_known(_equipment_mean(case, (base - 1, base, base + 1)), _eda_share(case, latest=1))


def investment_mean(case: Case) -> Floats:
    """Share to which a state returns.

    Its mean of the four years before the base year, for allies at least the floor.
    """
    base = case.assumptions.run.base_year
    mean = _first_known(_equipment_mean(case, range(base - 4, base)), _eda_share(case, latest=4))
    allies = np.array([state.ally for state in case.budgets.states])
    return np.where(allies, np.maximum(mean, case.assumptions.capacity.share_floor.value), mean)


def above(case: Case, level: float) -> Mapping[str, tuple[int, int]]:
    """How many states invest more than a share of their defence spending, by source: (year, states).

    In the latest year up to the base year that a source holds.
    """
    base = case.assumptions.run.base_year
    year = case.budgets.years_until("nato_equipment", base)[-1]
    nato = case.budgets.wide("nato_equipment", case.budgets.codes, [year])[:, 0]
    last = case.budgets.years_until("eda_investment", base)[-1]
    invested, spent = (
        case.budgets.wide(table, case.budgets.codes, [last])[:, 0]
        for table in ("eda_investment", "eda_spending")
    )
    return {"NATO": (year, int((nato > level).sum())), "EDA": (last, int((invested > level * spent).sum()))}


def published_scale(case: Case) -> Floats:
    """Spending in the source of the investment share over spending in the series used [factor]. (state,)."""
    budgets, base = case.budgets, case.assumptions.run.base_year
    nato = budgets.wide("nato_spending", budgets.codes, [base]) / budgets.wide(
        "spending", budgets.codes, [base]
    )
    years = budgets.years_until("eda_spending", base)
    eda = budgets.wide("eda_spending", budgets.codes, years) / budgets.wide("spending", budgets.codes, years)
    return _first_known(nato[:, 0], _mean_of_latest(eda, 1))


def _equipment_mean(case: Case, years: Sequence[int]) -> Floats:
    return _mean_of_latest(
        case.budgets.wide("nato_equipment", case.budgets.codes, list(years)), len(list(years))
    )


def _eda_share(case: Case, latest: int) -> Floats:
    budgets = case.budgets
    years = budgets.years("eda_investment")
    share = budgets.wide("eda_investment", budgets.codes, years) / budgets.wide(
        "eda_spending", budgets.codes, years
    )
    return _mean_of_latest(share, latest)


def _mean_of_latest(values: Floats, count: int) -> Floats:
    """Mean of the last known values of each row; NaN where a row has none."""
    known = ~np.isnan(values)
    later = known[:, ::-1].cumsum(axis=1)[:, ::-1]
    latest = known & (later <= count)
    number = latest.sum(axis=1)
    return np.where(number > 0, np.where(latest, values, 0.0).sum(axis=1) / np.maximum(number, 1), np.nan)


def _first_known(first: Floats, second: Floats) -> Floats:
    return np.where(np.isnan(first), second, first)
