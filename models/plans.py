"""A ministry's own figures: chained to the series in use, blended into a forecast, and what was pledged.

Definitions of one budget differ by a third, so a plan enters by its growth within one definition, never by
its level.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import log

import numpy as np

from models.arrays import Floats
from models.projection import joined

STATUSES = ("voted", "estimate", "plan", "announced")
"""Legal standing of a figure, the strongest first."""
SETTLED = ("voted", "estimate")
"""What a forecast starts from: a budget voted, or the outturn expected of the year under way."""
FIRM = (*SETTLED, "plan")
"""What moves a forecast: after a year that is not settled, a vote or an estimate weighs as a plan does."""
NEAR_YEARS = 2
"""Plans up to so many years after the base year carry the near weight [years]."""
FAR_YEARS = 5
"""Plans carry weight up to so many years after the base year [years]."""


@dataclass(frozen=True)
class PlanRow:
    """One figure of a ministry: amount [EUR m] of a year by the definition `series`; status of STATUSES.

    weight: its own credibility [share], None where the rules decide.
    """

    state: str
    year: int
    amount: float
    series: str
    status: str
    weight: float | None = None


@dataclass(frozen=True)
class PlanRules:
    """What figures of a ministry weigh.

    voted_sd: log deviation of outturn from a voted budget [share]; weight_near, weight_far: part of the way
    from the forecast to the plan [share]; pledge_target [% of GDP] is reached in pledge_year; the upper tail
    of a budget ends at share_limit [% of GDP].
    """

    voted_sd: float
    weight_near: float
    weight_far: float
    pledge_target: float
    share_limit: float
    pledge_year: int


@dataclass(frozen=True)
class Chain:
    """A state's plans on the level of the series in use.

    amount: [EUR m], NaN without a plan, shape (T,); status: of STATUSES, "" without a plan, T of them;
    settled: how many leading years are voted or estimated; note: what was left out, and why;
    weight: of plans that have one of their own [share], T of them.
    """

    amount: Floats
    status: tuple[str, ...]
    settled: int
    note: str
    weight: tuple[float | None, ...] = ()


@dataclass(frozen=True)
class _Link:
    """A row and its partner year in the same definition."""

    row: PlanRow
    partner: int
    growth: float
    distance: float

    def order(self) -> tuple[int, int, float, str]:
        """Rank of a link: strongest standing, then latest partner, then definition nearest in level."""
        return STATUSES.index(self.row.status), -self.partner, self.distance, self.row.series


def chain(rows: Sequence[PlanRow], years: Sequence[int], base: float) -> Chain:
    """Plans of one state from its base-year spending [EUR m], year by year; years follow the base year."""
    levels = {years[0] - 1: base}
    found: dict[int, PlanRow] = {}
    amounts = dict.fromkeys(years, np.nan)
    for year in years:
        links = sorted(_links(rows, year, levels), key=_Link.order)
        if not links:
            continue
        found[year] = links[0].row
        amounts[year] = levels[links[0].partner] * links[0].growth
        if links[0].row.status != "announced":
            levels[year] = amounts[year]
    status = tuple(found[year].status if year in found else "" for year in years)
    amount = np.array(list(amounts.values()))
    weight = tuple(found[year].weight if year in found else None for year in years)
    return Chain(amount, status, settled(status), _note(rows, years, found), weight)


def _links(rows: Sequence[PlanRow], year: int, levels: dict[int, float]) -> list[_Link]:
    """Links of a year to the years before it; levels: of those (year -> EUR m)."""
    links = []
    for row in rows:
        partners = [
            other
            for other in rows
            if other.series == row.series and other.year in levels and other.amount > 0.0
        ]
        if row.year == year and row.amount > 0.0 and partners:
            partner = max(partners, key=lambda other: other.year)
            distance = abs(log(partner.amount / levels[partner.year]))
            links.append(_Link(row, partner.year, row.amount / partner.amount, distance))
    return links


def settled(status: Sequence[str]) -> int:
    """How many years from the first on are settled without a break."""
    loose = [place for place, standing in enumerate(status) if standing not in SETTLED]
    return loose[0] if loose else len(status)


def _note(rows: Sequence[PlanRow], years: Sequence[int], found: dict[int, PlanRow]) -> str:
    used = {row.series for row in found.values()}
    alone = sorted({(row.year, row.series) for row in rows if row.year in years and row.year not in found})
    lonely = ", ".join(f"{series} {year}" for year, series in alone)
    definitions = ", ".join(sorted(used))
    return joined(
        "" if years[0] in found else f"no budget voted, estimated or planned for {years[0]}",
        f"plans by the growth of {definitions}" if used else "",
        f"left out, no partner year in the same definition: {lonely}" if lonely else "",
    )


def shift(plan: Chain, centre: Floats, rules: PlanRules) -> Floats:
    """How far plans move log medians (T,): part of the way in plan years, straight lines between.

    It starts from nothing in the last settled year and persists after the last plan.
    """
    ahead = np.arange(1, len(centre) + 1)
    planned = np.array([place + 1 in _weighing(plan) for place in range(len(centre))])
    if not planned.any():
        return np.zeros_like(centre)
    weight = np.where(ahead <= NEAR_YEARS, rules.weight_near, rules.weight_far)
    own = {place: found for place, found in enumerate(plan.weight) if found is not None}
    weight[list(own)] = list(own.values())
    knots = weight[planned] * (np.log(plan.amount[planned]) - centre[planned])
    places = np.concatenate([[plan.settled], ahead[planned]])
    moved: Floats = np.interp(ahead, places, np.concatenate([[0.0], knots]))
    return moved


def pledge_pull(
    plan: Chain, share: Floats, gdp: Floats, rules: PlanRules, base_year: int, *, ally: bool
) -> Floats:
    """Log distance from the central share of GDP up to the path announced or pledged (T,), never negative.

    share: central shares of base year and projected years [% of GDP] (T+1,); gdp: [EUR m] (T,). The path
    leaves the share of the last settled or planned year in a straight line, passes what is announced,
    reaches the target of an ally that is not yet there in the pledge year, and stays.
    """
    start = _last_firm(plan)
    knots = {start: share[start]} | {
        place + 1: 100.0 * plan.amount[place] / gdp[place]
        for place, standing in enumerate(plan.status)
        if standing == "announced" and place + 1 > start
    }
    if ally and share[start] < rules.pledge_target:
        knots[max(rules.pledge_year - base_year, start + 1)] = rules.pledge_target
    if len(knots) == 1:
        return np.zeros_like(gdp)
    ahead = np.arange(len(share))
    path = np.interp(ahead, sorted(knots), [knots[place] for place in sorted(knots)])
    pull = np.maximum(np.log(path / share), 0.0)
    return np.where(ahead > start, pull, 0.0)[1:]


def _last_firm(plan: Chain) -> int:
    """Years from the base year to the last figure that is settled or a plan with weight; 0 without one."""
    return max([plan.settled, *_weighing(plan)])


def _weighing(plan: Chain) -> list[int]:
    """Years from the base year on in which a plan weighs: the near ones, and any with a weight of its own."""
    return [
        a
        for a, standing in enumerate(plan.status, 1)
        if a > plan.settled
        and standing in FIRM
        and (a <= FAR_YEARS or (plan.weight and plan.weight[a - 1] is not None))
    ]
