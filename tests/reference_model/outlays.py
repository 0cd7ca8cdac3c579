"""Contracts and payments of one lot."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from reference_model.case import Case, Levers, Normal
from reference_model.distributions import (
    STANDARD,
    beta,
    changes,
    cut_lognormal,
    inside,
    together,
    triangular,
    uniform,
)
from reference_model.economy import World
from reference_model.participation import left


@dataclass(frozen=True)
class Wave:
    """The programme, or one like it that follows.

    calls: (years since the start of the first projected year, share); deadline, spread: in such years; size:
    money over that of this programme.
    """

    name: str
    calls: Sequence[tuple[float, float]]
    deadline: float
    spread: tuple[float, float]
    size: float


def waves(case: Case, lever: Levers) -> list[Wave]:
    a, first = case.assumed, case.years[0]
    start = min(day for _, day in case.calls).year - first
    ends = [line["spread_to"] for line in case.lines if line["spread_to"] is not None]
    now = Wave(
        "", opened(case), case.last_payment + 1.0 - first, (start, max(ends, default=0) + 1 - first), 1.0
    )
    yearly = lever.number("successor", 0.0)
    if not yearly:
        return [now]
    years = range(a["successor.first_year"], a["successor.last_year"] + 1)
    calls = [(year - first + a["successor.call_month"] / 12.0, 1.0 / len(years)) for year in years]
    deadline = years[-1] + a["successor.years_to_pay"] + 1.0 - first
    size = yearly * len(years) / sum(line["amount"] for line in case.lines)
    return [now, Wave("next ", calls, deadline, (years[0] - first, deadline), size)]


@dataclass(frozen=True)
class Draw:
    """What one draw is made of."""

    world: World
    lever: Levers
    normal: Normal
    wave: Wave


def capabilities(line: Mapping[str, Any]) -> list[str]:
    if not line["contract"]:
        return ["all"]
    return [name for name, part in line["capabilities"].items() if part > 0.0]


def eu_share(case: Case, line: Mapping[str, Any]) -> float:
    given = line["eu_share"]
    return float(given[case.assumed["award.procurement_case"]] if isinstance(given, Mapping) else given)


def state_part(case: Case, line: Mapping[str, Any]) -> float:
    """Share of the contract the states pay before any grant they receive."""
    part = float(line["states_part"])
    rest = 1.0 - eu_share(case, line)
    return 1.0 - (1.0 - part) * rest if line["grant_to"] == "states" else part * rest


def opened(case: Case) -> list[tuple[float, float]]:
    """Calls as (years since the start of the first projected year, share)."""
    first = case.years[0]
    return [
        (day.year - first + (day - date(day.year, 1, 1)).days / 365.0, share) for share, day in case.calls
    ]


def spent_share(case: Case, wave: Wave, lag: float, duration: float, when: float) -> float:
    """Share of a contract paid: Rayleigh profile, cut at the end of the contract."""
    total, steepness = 0.0, case.assumed["award.outlay_steepness"]
    for called, part in wave.calls:
        x = inside((when - called - lag) / duration)
        total += part * (1.0 - math.exp(-steepness * x * x)) / (1.0 - math.exp(-steepness))
    return total


def lot(
    case: Case, line: Mapping[str, Any], capability: str, key: Mapping[str, float], draw: Draw
) -> Mapping[str, Any]:
    """Payments and outlays of one lot by year, and what falls after the horizon."""
    a, name, horizon = case.assumed, f"{line['id']}:{capability}", len(case.years)
    world, lever, normal, wave = draw.world, draw.lever, draw.normal, draw.wave
    growth_score = together(a["cost.common"], normal("cost.common", 0), normal(f"cost/{name}", 0))
    lag = uniform(a["award.lag_low"], a["award.lag_high"], normal(f"award/{name}", 0)) / 12.0
    lag = max(lag + lever.number("lag_months", 0.0) / 12.0, 0.0)
    duration = uniform(line["duration"][0], line["duration"][1], normal(f"duration/{name}", 0)) / 12.0
    duration *= lever.number("duration", 1.0)
    slipped_duration = duration + slip_months(case, line, growth_score, name, lever, normal) / 12.0
    found = amount(line, capability, lever) * wave.size * absorbed(case, line, name, lever, normal)
    payers = sum(1 for share in key.values() if share > 0.0)
    least = max(line["min_participants"], 1 if state_part(case, line) > 0.0 else 0)
    if line["contract"] and payers < least:
        found = 0.0
    value = found / eu_share(case, line) if line["contract"] else 0.0
    joint = lever.number("joint", 1.0) if line["grant_to"] == "states" else 1.0
    committed = found * joint
    ends = [t + 1.0 for t in range(horizon)]
    planned = changes([value * spent_share(case, wave, lag, duration, end) for end in ends])
    slipped = changes([value * spent_share(case, wave, lag, slipped_duration, end) for end in ends])
    saving = triangular(
        a["cost.saving_low"], a["cost.saving_mode"], a["cost.saving_high"], normal(f"saving/{name}", 0)
    )
    lost = lever.number("leaving_saving", 0.0) if left(case, line, name, lever, normal) else 0.0
    saving = (saving + lever.number("saving", 0.0) + lost) * joint
    unit = unit_cost(case, line, capability, growth_score, lag, saving, draw)
    cost = [unit * world.level[t] * exchange(case, line, world, t) for t in range(horizon)]
    actual = [slipped[t] * cost[t] for t in range(horizon)]
    granted = committed * (1.0 - cut(case, line, name, normal))
    contract = (lag, duration, slipped_duration)
    totals = [granted * paid_share(case, line, wave, *contract, min(end, wave.deadline)) for end in ends]
    in_all = granted * paid_share(case, line, wave, *contract, wave.deadline)
    return {
        "committed": committed,
        "paid": changes(totals),
        "paid_beyond": in_all - totals[-1],
        "decommitted": committed - in_all,
        "planned": planned,
        "slipped": slipped,
        "actual": actual,
        "actual_beyond": (value - math.fsum(slipped)) * cost[-1],
        "alone": [x / (1.0 - saving) for x in actual],
    }


def amount(line: Mapping[str, Any], capability: str, lever: Levers) -> float:
    """Money of one capability in a line, as a scenario mixes them."""
    if not line["contract"]:
        return float(line["amount"])
    weights = {
        name: part * lever.by_capability("mix", name) for name, part in line["capabilities"].items() if part
    }
    return float(line["amount"] * weights[capability] / sum(weights.values()))


def slip_months(
    case: Case, line: Mapping[str, Any], growth_score: float, name: str, lever: Levers, normal: Normal
) -> float:
    a = case.assumed
    score = together(a["cost.slip_correlation"] ** 2, growth_score, normal(f"slip/{name}", 0))
    sigma = math.log(a["cost.slip_p90"] / a["cost.slip_median"]) / STANDARD.inv_cdf(0.9)
    months = a["cost.slip_median"] * math.exp(sigma * score)
    months = months * lever.number("slip", 1.0) + lever.number("slip_months", 0.0)
    return max(months + (lever.number("ukraine_slip_months", 0.0) if line["ukrainian"] else 0.0), 0.0)


def absorbed(case: Case, line: Mapping[str, Any], name: str, lever: Levers, normal: Normal) -> float:
    """Share of the money that finds a project; what is no grant is spent whatever happens."""
    if not line["grant"]:
        return 1.0
    a = case.assumed
    share = beta(a["award.absorption_alpha"], a["award.absorption_beta"], normal(f"absorption/{name}", 0))
    share *= lever.number("absorption", 1.0)
    share *= lever.number("ukraine_absorption", 1.0) if line["ukrainian"] else 1.0
    return min(share, 1.0)


def cut(case: Case, line: Mapping[str, Any], name: str, normal: Normal) -> float:
    most = case.assumed["award.grant_cut_high"]
    return uniform(0.0, most, normal(f"grant_cut/{name}", 0)) if line["cut"] else 0.0


def unit_cost(
    case: Case,
    line: Mapping[str, Any],
    capability: str,
    growth_score: float,
    lag: float,
    saving: float,
    draw: Draw,
) -> float:
    """Cost over what was planned, at contract and after it, but for price level and exchange rates."""
    a, lever, normal = case.assumed, draw.lever, draw.normal
    name = f"{line['id']}:{capability}"
    sigma = a["cost.growth_sigma_new"] if line["new_development"] else a["cost.growth_sigma_shelf"]
    growth = cut_lognormal(
        a["cost.growth_median"], sigma, a["cost.growth_low"], a["cost.growth_high"], growth_score
    )
    drawn_lag = uniform(a["award.lag_low"], a["award.lag_high"], normal(f"award/{name}", 0)) / 12.0
    expected = sum(called * share for called, share in opened(case)) + drawn_lag
    sd = a.get(f"cost.price_sd_{capability}", 0.0)
    walk = sum(
        sd * normal(f"price/{capability}", t) * inside(expected - t) for t in range(math.ceil(expected)) if sd
    )
    signed = sum(called * share for called, share in draw.wave.calls) + lag
    fading = min(max(signed, 0.0), a["cost.premium_years"])
    premium = (a["cost.premium"] + lever.number("premium", 0.0)) * (
        fading - fading**2 / (2.0 * a["cost.premium_years"])
    )
    median = triangular(a["cost.saving_low"], a["cost.saving_mode"], a["cost.saving_high"], 0.0)
    price = math.exp(walk) * math.exp(premium) * lever.by_capability("prices", capability)
    return growth * lever.number("cost_growth", 1.0) * price * (1.0 - saving) / (1.0 - median)


def exchange(case: Case, line: Mapping[str, Any], world: World, t: int) -> float:
    factor = 1.0 + case.assumed["cost.usd_share"] * (world.usd[t] - 1.0)
    hryvnia = case.assumed["cost.uah_share"] if line["ukrainian"] else 0.0
    return float(factor + hryvnia * (world.uah[t] - 1.0))


def paid_share(
    case: Case,
    line: Mapping[str, Any],
    wave: Wave,
    lag: float,
    duration: float,
    slipped: float,
    when: float,
) -> float:
    """Share of the grant paid by a time: in equal parts, or in steps made slopes and along the contract."""
    if line["spread_to"] is not None:
        first, last = wave.spread
        return inside((when - first) / (last - first))
    share = float(line["milestones"]) * spent_share(case, wave, lag, slipped, when)
    delay = slipped - duration if line["contract"] else 0.0
    for called, part in wave.calls:
        for after, step in line["steps"]:
            due = called + lag + after + delay * min(after / duration, 1.0)
            share += part * step * inside((when - due) / case.assumed["award.payment_spread"])
    return share
