"""Chapter two: the money for investment, from published shares to the median path."""

from collections.abc import Iterator

import numpy as np

from forecaster.assembly import planned_budget
from forecaster.assembly.investment import investment_mean, investment_start, published_scale
from forecaster.explain.budget import scenario_steps
from forecaster.explain.spot import Spot
from forecaster.explain.steps import Chapter, Step, assumed, computed, read, simulated, text
from forecaster.figures import Figure
from forecaster.sheets import money, treasury


def investment(spot: Spot) -> Chapter:
    """Steps to the money for equipment and research of the year."""
    return Chapter(
        "Investment money",
        (*_shares(spot), *_scale(spot), *_before_loans(spot), *_loans(spot), *_end(spot)),
    )


def share(spot: Spot) -> float:
    """Share of the budget that is invested, on the median path of the baseline."""
    return before_loans(spot) / (spot.at(spot.calm.budget) * spot.state.scale)


def before_loans(spot: Spot) -> float:
    """Investment money without SAFE loans, on the median path of the baseline [EUR m]."""
    return spot.at(spot.calm.investment) - on_top(spot)


def on_top(spot: Spot) -> float:
    """SAFE money of the year that comes on top of the budget [EUR m]."""
    return spot.run.model.capacity.safe_new * spot.at(spot.state.safe_draw)


def _shares(spot: Spot) -> Iterator[Step]:
    """The share that is invested: now, in the mean of the years before, and on its way between them."""
    own = spot.figure("investment", spot.year)
    if own:
        yield read(spot, f"the ministry's own planned investment of {spot.year}", own)
        planned = float(planned_budget(spot.run.forecast)[spot.i, spot.t])
        formula = f"{text(own.value)} / ({text(spot.state.scale)} x {text(planned)})"
        yield computed("share invested", spot.at(spot.state.investment_share), "share", formula)
        return
    start, mean = (float(found(spot.run.case)[spot.i]) for found in (investment_start, investment_mean))
    yield from _published(spot, range(spot.base - 4, spot.base + 2))
    yield computed("share invested now", start, "share", _start_words(spot))
    if _is_ally(spot):
        yield assumed(spot, "capacity.share_floor", "floor of allies")
    yield computed("share it returns to", mean, "share", _mean_words(spot))
    yield assumed(spot, "capacity.share_half_life", "half of the way takes")
    life = spot.run.case.assumptions.capacity.share_half_life.value
    path = f"{text(mean)} + ({text(start)} - {text(mean)}) x 0.5^({spot.ahead} / {text(life)})"
    yield computed("share invested", spot.at(spot.state.investment_share), "share", path)
    if not np.isclose(share(spot), spot.at(spot.state.investment_share), rtol=1e-9):
        yield computed(
            "share invested, within its bounds", share(spot), "share", "at least 1 %, at most 90 %"
        )


def _is_ally(spot: Spot) -> bool:
    return next(one.ally for one in spot.run.case.budgets.states if one.code == spot.code)


def _by_nato(spot: Spot) -> bool:
    return any(spot.figure("nato_equipment", year) for year in (spot.base - 1, spot.base, spot.base + 1))


def _published(spot: Spot, years: range) -> Iterator[Step]:
    """Published shares, by NATO, else by EDA."""
    if _by_nato(spot):
        for year in years:
            if figure := spot.figure("nato_equipment", year):
                yield read(spot, f"share for equipment in {year}, NATO", figure)
        return
    for figure in _eda(spot)[-4:]:
        yield read(spot, f"invested in {figure.item}, EDA", figure)
        if spent := spot.figure("eda_spending", figure.item):
            yield read(spot, f"spent in {figure.item}, EDA", spent)


def _eda(spot: Spot) -> list[Figure]:
    years = spot.run.case.budgets.years("eda_investment")
    found = (spot.figure("eda_investment", year) for year in years if spot.figure("eda_spending", year))
    return [figure for figure in found if figure]


def _start_words(spot: Spot) -> str:
    last = f"{spot.base - 1} to {spot.base + 1}"
    return f"mean of NATO's shares of {last}" if _by_nato(spot) else "EDA's latest: invested / spent"


def _mean_words(spot: Spot) -> str:
    early = any(spot.figure("nato_equipment", year) for year in range(spot.base - 4, spot.base))
    words = f"NATO's shares of {spot.base - 4} to {spot.base - 1}" if early else "EDA's last four shares"
    return f"mean of {words}" + (", at least the floor" if _is_ally(spot) else "")


def _scale(spot: Spot) -> Iterator[Step]:
    """Spending in the source of the share over spending in the series used."""
    source, item = "nato_spending", str(spot.base)
    if spot.figure(source, item) is None:
        source = "eda_spending"
        years = spot.run.case.budgets.years_until(source, spot.base)
        known = [year for year in years if spot.figure(source, year)]
        item = str(known[-1]) if known else item
    there, here = spot.figure(source, item), spot.figure("spending", item)
    formula = ""
    if there and here:
        yield read(spot, f"spending of {item} in the source of the share", there)
        formula = f"{text(there.value)} / {text(here.value)}, spending of {item} in both"
    value = float(published_scale(spot.run.case)[spot.i])
    yield computed("scale of that source", value, "factor", formula)


def _before_loans(spot: Spot) -> Iterator[Step]:
    planned = float(planned_budget(spot.run.forecast)[spot.i, spot.t])
    scale, mean = spot.state.scale, spot.at(spot.state.investment_share)
    words = f"{text(mean)} x {text(scale)} x {text(planned)}, the planned budget or its median"
    yield computed("planned investment", spot.at(spot.state.plan), "EUR m", words)
    budget = spot.at(spot.calm.budget)
    formula = f"{text(share(spot))} x {text(budget)} x {text(scale)}"
    yield computed("investment on the median path, before loans", before_loans(spot), "EUR m", formula)


def _loans(spot: Spot) -> Iterator[Step]:
    """What a state draws of its SAFE loan in the year."""
    loan = next((one for one in spot.run.case.budgets.loans if one.code == spot.code), None)
    if loan is None:
        return
    cell = treasury.LOANS.at(loan.code, "allocation") if spot.code in spot.run.states else None
    yield Step("SAFE loan", loan.allocation, "EUR m", "input", source=loan.source, ref=cell)
    yield assumed(spot, "safe.advance", "advance, where it was taken")
    yield assumed(spot, "safe.last_draw", "drawn in equal parts until")
    drawn = spot.at(spot.state.safe_draw)
    part = drawn / loan.allocation if loan.allocation else 0.0
    taken = "taken" if loan.advance else "not taken"
    words = f"{text(loan.allocation)} x {text(part)}, the part of the year; advance {taken}"
    yield computed(f"drawn in {spot.year}", drawn, "EUR m", words)
    yield assumed(spot, "capacity.safe_new", "part of it that comes on top of the budget")
    new = spot.run.model.capacity.safe_new
    yield computed("SAFE money on top", on_top(spot), "EUR m", f"{text(new)} x {text(drawn)}")


def _end(spot: Spot) -> Iterator[Step]:
    calm = spot.at(spot.calm.investment)
    formula = f"{text(before_loans(spot))} + {text(on_top(spot))}"
    yield computed("investment money on the median path", calm, "EUR m", formula)
    if spot.stressed:
        yield from scenario_steps(spot, "investment money", calm, spot.at(spot.money.investment))
    mean = spot.at(spot.run.statistics.mean("investment", spot.scenario, spot.code))
    yield simulated(
        "investment money, mean of all paths", mean, "EUR m", ref=money.MONEY.at(spot.key, "investment")
    )
