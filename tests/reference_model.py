"""The model for one draw in plain Python: loops, `math` and lists, nothing from the project.

Written from the design of the financing model, as a second opinion on `models`. A case comes as plain values,
normals come from a function of stream name and row, levers as they stand in scenarios.toml.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from statistics import NormalDist
from typing import Any, TypeAlias

Normal: TypeAlias = Callable[[str, int], float]
Row: TypeAlias = list[float]
STANDARD = NormalDist()


@dataclass(frozen=True)
class Forecast:
    """What the forecast hands over, by state code: logs, lists by year; spread: by year and score node."""

    gdp: Mapping[str, Row]
    center: Mapping[str, Row]
    spread: Mapping[str, list[Row]]
    pull: Mapping[str, Row]
    plan: Mapping[str, Row]
    status: Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class Case:
    """A case as plain values.

    states: code -> {"ally", "joins", "loan_key"}; tables: name -> (code, year) -> figure; loans: code ->
    (allocation, advance taken, paid by whom); assumed: "section.key" -> value; calls: (share, date); lines:
    as written.
    """

    years: Sequence[int]
    states: Mapping[str, Mapping[str, bool]]
    tables: Mapping[str, Mapping[tuple[str, int], float]]
    loans: Mapping[str, tuple[float, bool, str]]
    assumed: Mapping[str, Any]
    calls: Sequence[tuple[float, date]]
    last_payment: int
    lines: Sequence[Mapping[str, Any]]
    forecast: Forecast

    @property
    def base(self) -> int:
        return self.years[0] - 1

    def figure(self, table: str, code: str, year: int) -> float | None:
        return self.tables.get(table, {}).get((code, year))


@dataclass(frozen=True)
class Result:
    """Everything for one draw.

    places: code or "EU" -> quantity -> by year; lots: "line:capability" -> quantity -> by year or total.
    """

    places: Mapping[str, Mapping[str, Row]]
    lots: Mapping[str, Mapping[str, Any]]


def result(case: Case, levers: Mapping[str, Any], normal: Normal) -> Result:
    lever = Levers(levers, len(case.years))
    world = surroundings(case, lever, normal)
    lots, calls = {}, {code: empty_calls(case) for code in case.states}
    for wave in waves(case, lever):
        for line in case.lines:
            for capability in capabilities(line):
                name = f"{line['id']}:{capability}"
                key = shares(case, line, name, lever, normal)
                one = lot(case, line, capability, key, Draw(world, lever, normal, wave))
                lots[wave.name + name] = one
                for code in case.states:
                    own = kept(case, line, name, lever, normal)[code]
                    add_calls(calls[code], line, case, capability, (key[code], own), one, lever)
    for code in case.states:
        in_own_money(case, code, calls[code], normal)
    paid = [sum(one["paid"][t] for one in lots.values()) for t in range(len(case.years))]
    places = {code: place(case, code, calls[code], paid, world, lever, normal) for code in case.states}
    first = next(iter(places.values()))
    union = {
        name: [sum(one[name][t] for one in places.values()) for t in range(len(case.years))] for name in first
    }
    union.update({name: mean_by_gdp(case, places, name) for name in POINTS})
    return Result({**places, "EU": union}, lots)


# --- levers -------------------------------------------------------------------------------------------------


class Levers:
    """Levers of a scenario; what it does not name is neutral."""

    def __init__(self, given: Mapping[str, Any], years: int) -> None:
        self.given, self.count = given, years

    def years(self, name: str, neutral: float, code: str = "") -> Row:
        value = self.given.get(name, neutral)
        if isinstance(value, Mapping):
            value = value.get(code, value.get("others", neutral))
        if not isinstance(value, list):
            return [float(value)] * self.count
        return [float(value[t]) if t < len(value) else neutral for t in range(self.count)]

    def number(self, name: str, neutral: float) -> float:
        return float(self.given.get(name, neutral))

    def by_capability(self, name: str, capability: str) -> float:
        value = self.given.get(name, 1.0)
        return float(value.get(capability, value.get("others", 1.0)) if isinstance(value, Mapping) else value)


# --- distributions: a normal score goes in ------------------------------------------------------------------


def probability(score: float) -> float:
    return 0.5 * math.erfc(-score / math.sqrt(2.0))


def uniform(low: float, high: float, score: float) -> float:
    return low + (high - low) * probability(score)


def cut_lognormal(median: float, sigma: float, low: float, high: float, score: float) -> float:
    """The share of the score is mapped into the part of the distribution between the cuts."""
    if sigma == 0.0:
        return min(max(median, low), high)
    first = probability(math.log(low / median) / sigma)
    last = probability(math.log(high / median) / sigma)
    inside = STANDARD.inv_cdf(first + (last - first) * probability(score))
    return median * math.exp(sigma * inside)


def triangular(low: float, mode: float, high: float, score: float) -> float:
    if high == low:
        return low
    share = probability(score)
    if share < (mode - low) / (high - low):
        return low + math.sqrt(share * (high - low) * (mode - low))
    return high - math.sqrt((1.0 - share) * (high - low) * (high - mode))


def beta(a: float, b: float, score: float) -> float:
    """Quantile by bisection of the regularised incomplete beta function."""
    wanted, low, high = probability(score), 0.0, 1.0
    if b == 1.0:
        return float(wanted ** (1.0 / a))
    for _ in range(60):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if incomplete_beta(a, b, middle) < wanted else (low, middle)
    return 0.5 * (low + high)


def incomplete_beta(a: float, b: float, x: float) -> float:
    """By its power series x^a (1-x)^b / (a B(a, b)) * sum of B(a+1, n+1) / B(a+b, n+1) x^(n+1)."""
    if x <= 0.0 or x >= 1.0:
        return 0.0 if x <= 0.0 else 1.0
    if x > 0.5:
        return 1.0 - incomplete_beta(b, a, 1.0 - x)
    term = total = 1.0
    n = 0
    while term > 1e-17 * total:
        term *= x * (a + b + n) / (a + 1.0 + n)
        total += term
        n += 1
    scale = math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b)
    return math.exp(scale + a * math.log(x) + b * math.log(1.0 - x)) / a * total


def together(rho: float, common: float, own: float) -> float:
    return math.sqrt(rho) * common + math.sqrt(1.0 - rho) * own


def nine(value: float) -> float:
    """Fitted and derived figures enter the simulation at nine significant digits."""
    return float(f"{value:.8e}")


def inside(x: float) -> float:
    return min(max(x, 0.0), 1.0)


def running(values: Sequence[float]) -> Row:
    return [math.fsum(values[: t + 1]) for t in range(len(values))]


def changes(totals: Sequence[float]) -> Row:
    return [totals[t] - (totals[t - 1] if t else 0.0) for t in range(len(totals))]


def autoregression(innovations: Sequence[float], persistence: float) -> Row:
    path: Row = []
    for t, innovation in enumerate(innovations):
        path.append(innovation + (persistence * path[t - 1] if t else 0.0))
    return path


# --- economy ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class World:
    """By year: price level, dollar and hryvnia over their baselines; interest of money drawn in the year."""

    level: Row
    usd: Row
    uah: Row
    rate: Row


def surroundings(case: Case, lever: Levers, normal: Normal) -> World:
    a, count = case.assumed, range(len(case.years))
    common = a["economy.deflator_sd"] * math.sqrt(a["economy.deflator_common"])
    shocks = [common * normal("deflator.common", t) for t in count]
    inflation = running(autoregression(shocks, a["economy.deflator_persistence"]))
    surge = running(lever.years("deflator", 0.0))
    rates, dearer = running([normal("rate", t) for t in count]), lever.years("rates", 0.0)
    return World(
        level=[math.exp(inflation[t]) * math.exp(surge[t]) for t in count],
        usd=[math.exp(a["economy.usd_sd"] * x) for x in running([normal("usd", t) for t in count])],
        uah=[math.exp(a["economy.uah_sd"] * x) for x in running([normal("uah", t) for t in count])],
        rate=[a["safe.rate"] + a["economy.rate_sd"] * rates[t] + dearer[t] for t in count],
    )


def gdp_over_baseline(case: Case, code: str, lever: Levers, normal: Normal, growth: float = 1.0) -> Row:
    """Log of nominal GDP over its path, levers included; growth: part of real growth that counts."""
    logs = [0.0] * len(case.years)
    for name in ("growth", "deflator"):
        sd, rho = case.assumed[f"economy.{name}_sd"], case.assumed[f"economy.{name}_common"]
        shocks = [
            sd * together(rho, normal(f"{name}.common", t), normal(f"{name}/{code}", t))
            for t in range(len(logs))
        ]
        path = running(autoregression(shocks, case.assumed[f"economy.{name}_persistence"]))
        moved = running(lever.years(name, 0.0, code))
        part = growth if name == "growth" else 1.0
        logs = [logs[t] + part * (path[t] + moved[t]) for t in range(len(logs))]
    return logs


def since_settled(case: Case, code: str, logs: Row) -> Row:
    """A voted budget stands in money: GDP moves it from the last voted year on."""
    firm = voted_years(case, code)
    start = logs[firm - 1] if firm else 0.0
    return [0.0 if t < firm else logs[t] - start for t in range(len(logs))]


def voted_years(case: Case, code: str) -> int:
    """How many first years are voted or estimated."""
    status = case.forecast.status[code]
    return next((t for t, s in enumerate(status) if s not in ("voted", "estimate")), len(status))


# --- participation ------------------------------------------------------------------------------------------


def investment_share(case: Case, code: str, years: Sequence[int], latest: int) -> float:
    """NATO's mean of the years, else the mean of EDA's latest."""
    nato = [x for year in years if (x := case.figure("nato_equipment", code, year)) is not None]
    if nato:
        return sum(nato) / len(nato)
    eda = sorted(year for state, year in case.tables["eda_investment"] if state == code)
    ratios = [
        case.tables["eda_investment"][code, year] / spent
        for year in eda
        if (spent := case.figure("eda_spending", code, year)) is not None
    ]
    return sum(ratios[-latest:]) / len(ratios[-latest:])


def share_now(case: Case, code: str) -> float:
    return investment_share(case, code, [case.base - 1, case.base, case.base + 1], 1)


def share_usual(case: Case, code: str) -> float:
    mean = investment_share(case, code, range(case.base - 4, case.base), 4)
    return max(mean, case.assumed["capacity.share_floor"]) if case.states[code]["ally"] else mean


def scale(case: Case, code: str) -> float:
    """Spending in the source of the investment share over spending in the series used."""
    if (nato := case.figure("nato_spending", code, case.base)) is not None:
        return nato / case.tables["spending"][code, case.base]
    last = max(year for state, year in case.tables["eda_spending"] if state == code and year <= case.base)
    return case.tables["eda_spending"][code, last] / case.tables["spending"][code, last]


def shares(
    case: Case, line: Mapping[str, Any], name: str, lever: Levers, normal: Normal
) -> Mapping[str, float]:
    """Share of each state in the national bill; who leaves hands its part to the rest."""
    weights = weights_before(case, line, name, normal)
    leaves = lever.given.get("leaves", [])
    staying = {code: 0.0 if code in leaves else weight for code, weight in weights.items()}
    total = sum(staying.values())
    kept = 1.0 - lever.number("joining_part", 0.0)
    return {code: kept * weight / total if total else 0.0 for code, weight in staying.items()}


def kept(
    case: Case, line: Mapping[str, Any], name: str, lever: Levers, normal: Normal
) -> Mapping[str, float]:
    """Shares of those that stay as they were before others left."""
    weights = weights_before(case, line, name, normal)
    total, part = sum(weights.values()), 1.0 - lever.number("joining_part", 0.0)
    gone = lever.given.get("leaves", [])
    return {code: part * x / total if total and code not in gone else 0.0 for code, x in weights.items()}


def left(case: Case, line: Mapping[str, Any], name: str, lever: Levers, normal: Normal) -> bool:
    """Whether a state that leaves was to take part."""
    weights = weights_before(case, line, name, normal)
    return any(weights.get(code, 0.0) > 0.0 for code in lever.given.get("leaves", []))


def weights_before(case: Case, line: Mapping[str, Any], name: str, normal: Normal) -> Mapping[str, float]:
    named = {code: (line["participants"] or {}).get(code, 0.0) for code in case.states}
    return named if line["participants"] else drawn_weights(case, line, name, normal)


def drawn_weights(case: Case, line: Mapping[str, Any], name: str, normal: Normal) -> Mapping[str, float]:
    """States without replacement, by their chance: the smallest waits win, and share by investment."""
    seats = max(int(case.assumed["participation.states_per_contract"]), line["min_participants"])
    invested = {
        code: nine(case.tables["spending"][code, case.base] * scale(case, code) * share_now(case, code))
        for code in case.states
    }
    power = max(case.assumed["participation.size_weight"], 1e-6)
    waits = {
        code: -math.log(1.0 - probability(normal(f"participation/{name}/{code}", 0)))
        / nine(invested[code] ** power)
        for code, state in case.states.items()
        if state["joins"]
    }
    chosen = sorted(waits, key=lambda code: waits[code])[:seats]
    return {code: invested[code] if code in chosen else 0.0 for code in case.states}


# --- programme ----------------------------------------------------------------------------------------------


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


# --- calls --------------------------------------------------------------------------------------------------

CALLS = (
    "gross_call",
    "net_call",
    "cofinancing",
    "overrun",
    "timing",
    "grant_received",
    "going_without",
    "sustainment",
)


def empty_calls(case: Case) -> dict[str, Row]:
    return {name: [0.0] * len(case.years) for name in CALLS}


def add_calls(
    calls: dict[str, Row],
    line: Mapping[str, Any],
    case: Case,
    capability: str,
    keys: tuple[float, float],
    one: Mapping[str, Any],
    lever: Levers,
) -> None:
    """Add a state's part of one lot to its calls; keys: with and without what others have left to it."""
    if not line["contract"]:
        return
    key, own = keys
    part = key * state_part(case, line)
    upkeep = case.assumed.get(f"sustainment.{capability}", 0.0) * lever.number("sustainment", 1.0)
    delivered = 0.0
    for t in range(len(case.years)):
        gross = part * one["actual"][t]
        alone = part * one["alone"][t]
        grant = key * one["paid"][t] if line["grant_to"] == "states" else 0.0
        new = line["new"]
        calls["gross_call"][t] += gross
        anyway = own * state_part(case, line) * one["alone"][t]
        calls["net_call"][t] += new * gross + (1.0 - new) * (gross - anyway) - grant
        calls["cofinancing"][t] += part * one["slipped"][t]
        calls["overrun"][t] += part * (one["actual"][t] - one["slipped"][t])
        calls["timing"][t] += part * (one["slipped"][t] - one["planned"][t])
        calls["grant_received"][t] -= grant
        calls["going_without"][t] += alone - gross + grant
        calls["sustainment"][t] += part * upkeep * delivered
        delivered += one["actual"][t]


def in_own_money(case: Case, code: str, calls: dict[str, Row], normal: Normal) -> None:
    """Euros as they weigh on a budget in another currency: what is more than planned is overrun."""
    for t, euro in enumerate(euro_path(case, code, normal)):
        calls["overrun"][t] += calls["gross_call"][t] * (euro - 1.0)
        for name in ("gross_call", "net_call", "grant_received", "going_without", "sustainment"):
            calls[name][t] *= euro


def euro_path(case: Case, code: str, normal: Normal) -> Row:
    """Value of the euro in the state's money over its baseline path."""
    walk, path, sd = 0.0, [], currency_sd(case, code)
    for t in range(len(case.years)):
        walk += sd * normal(f"currency/{code}", t) if sd else 0.0
        path.append(math.exp(walk))
    return path


def currency_sd(case: Case, code: str) -> float:
    """Standard deviation of the yearly log change of the euro in a currency; none where they are tied."""
    years = [year for year in range(1990, case.base + 1) if case.figure("exchange", code, year) is not None]
    rates = [case.tables["exchange"][code, year] for year in years]
    moves = [math.log(b / a) for a, b in pairwise(rates)]
    if len(moves) < 2:
        return 0.0
    mean = sum(moves) / len(moves)
    sd = math.sqrt(sum((x - mean) ** 2 for x in moves) / (len(moves) - 1))
    return float(f"{sd:.5e}") if sd > 0.005 else 0.0


# --- a state ------------------------------------------------------------------------------------------------


def place(
    case: Case,
    code: str,
    calls: Mapping[str, Row],
    paid: Row,
    world: World,
    lever: Levers,
    normal: Normal,
) -> Mapping[str, Row]:
    count = range(len(case.years))
    budget = budgets(case, code, lever, normal)
    ratio, drawn = investment_ratio(case, code, lever, normal), loan_draws(case, code)
    before = [ratio[t] * budget[t] * nine(scale(case, code)) for t in count]
    new, bound = case.assumed["capacity.safe_new"], case.assumed["capacity.safe_committed"]
    investment = [before[t] + new * sum(drawn[t]) for t in count]
    committed = promised(case, code, before, world, lever, normal)
    committed = [committed[t] + bound * new * sum(drawn[t]) for t in count]
    service, in_defence = (
        loan_service(case, drawn, world),
        case.loans.get(code, (0.0, False, ""))[2] == "defence",
    )
    euro = euro_path(case, code, normal)
    owed = [service[t] * euro[t] if in_defence else 0.0 for t in count]
    committed = [committed[t] + owed[t] for t in count]
    plan_cost = whole_plan(case, code, world, lever, normal)
    plan_cost = [plan_cost[t] + bound * new * sum(drawn[t]) + owed[t] for t in count]
    net = calls["net_call"]
    additional = case.assumed["treasury.additionality"] * lever.number("additionality", 1.0)
    additional *= 1.0 - lever.number("joining_key", 0.0)
    own = [own_resources(case, code, t) * paid[t] * additional for t in count]
    treasury, loan = [0.0 if in_defence else x for x in service], ukraine_loan(case, code)
    return {
        **calls,
        "budget": budget,
        "investment": investment,
        "committed": committed,
        "gap": [max(0.0, committed[t] + net[t] - investment[t]) for t in count],
        "gap_without": [max(0.0, committed[t] - investment[t]) for t in count],
        "eu_budget": own,
        "plan_gap": [max(0.0, plan_cost[t] - investment[t]) for t in count],
        "safe_service": treasury,
        "ukraine_loan": loan,
        "treasury_call": [own[t] + treasury[t] + loan[t] for t in count],
        **points(case, code, budget, paid, world, lever, normal),
    }


def budgets(case: Case, code: str, lever: Levers, normal: Normal) -> Row:
    found, a = case.forecast, case.assumed
    rho = a["budgets.pledge_common"]
    kept = beta(
        a["budgets.pledge_weight_alpha"],
        a["budgets.pledge_weight_beta"],
        together(rho, normal("pledge.common", 0), normal(f"pledge/{code}", 0)),
    )
    if lever.number("pledge", -1.0) >= 0.0:
        kept = lever.number("pledge", -1.0)
    followed = a["dependence.growth_followed"]
    economy = since_settled(case, code, gdp_over_baseline(case, code, lever, normal, followed))
    factor = lever.years("budget", 1.0, code)
    path = []
    for t in range(len(case.years)):
        deviation = at_score(found.spread[code][t], budget_score(case, code, t, normal))
        log = deviation + economy[t] + kept * found.pull[code][t]
        path.append(nine(math.exp(found.center[code][t])) * math.exp(log) * factor[t])
    return path


def budget_score(case: Case, code: str, t: int, normal: Normal) -> float:
    """Sum of the news of each year, a tenth of it repeated in the next, back at unit variance."""
    news = [budget_news(case, code, s, normal) for s in range(news_since(case, code, t), t + 1)]
    return (1.1 * sum(news[:-1]) + news[-1]) / math.sqrt((len(news) - 1) * 1.1 * 1.1 + 1.0)


def news_since(case: Case, code: str, t: int) -> int:
    """First year whose news counts in a year: after voted budgets it starts anew."""
    voted = voted_years(case, code)
    return voted if t >= voted else 0


def budget_news(case: Case, code: str, t: int, normal: Normal) -> float:
    """Of a year's news the part is common to all states that correlates them as given for that year."""
    ladder, again = case.assumed["dependence.budget_rho"], 1.1 * 1.1
    common: Row = []
    for s in range(news_since(case, code, t), t + 1):
        wanted = ladder[min(s, len(ladder) - 1)] * (len(common) * again + 1.0)
        common.append(min(max(wanted - again * sum(common), 0.0), 1.0))
    return together(common[-1], normal("budget.common", t), normal(f"budget/{code}", t))


def at_score(nodes: Sequence[float], score: float) -> float:
    """Straight lines between nodes that run from -4.5 to 4.5."""
    step = 9.0 / (len(nodes) - 1)
    position = min(max((score + 4.5) / step, 0.0), len(nodes) - 1.0)
    k = min(int(position), len(nodes) - 2)
    return nodes[k] + (position - k) * (nodes[k + 1] - nodes[k])


def planned_budget(case: Case, code: str, t: int) -> float:
    """The ministry's figure where it is more than an announcement, else the median of the forecast."""
    firm = case.forecast.status[code][t] in ("voted", "estimate", "plan")
    return case.forecast.plan[code][t] if firm else math.exp(case.forecast.center[code][t])


def mean_ratio(case: Case, code: str, t: int) -> float:
    """The ministry's own; else from the share now to the usual share, half of the way each half-life."""
    own = case.figure("investment", code, case.years[t])
    if own is not None:
        return own / (scale(case, code) * planned_budget(case, code, t))
    now, usual = share_now(case, code), share_usual(case, code)
    left = 0.5 ** ((case.years[t] - case.base) / case.assumed["capacity.share_half_life"])
    return usual + (now - usual) * left


def investment_ratio(case: Case, code: str, lever: Levers, normal: Normal) -> Row:
    """Autoregression about the mean share, leaning on the growth of the budget."""
    a = case.assumed
    persistence, leaning = a["capacity.share_persistence"], a["capacity.share_budget_correlation"]
    sd = a["capacity.share_sd"] * min(1.0, share_now(case, code) / a["capacity.share_floor"])
    moved = lever.years("investment_share", 0.0, code)
    shocks = []
    for t in range(len(case.years)):
        growth = budget_news(case, code, t, normal)
        own = normal(f"investment_share/{code}", t)
        mixed = leaning * growth + math.sqrt(1.0 - leaning**2) * own
        shocks.append(sd * math.sqrt(1.0 - persistence**2) * mixed)
    path = autoregression(shocks, persistence)
    return [
        min(max(nine(mean_ratio(case, code, t)) + path[t] + moved[t], 0.01), 0.90)
        for t in range(len(case.years))
    ]


def promised(case: Case, code: str, before: Row, world: World, lever: Levers, normal: Normal) -> Row:
    """Payments on contracts signed before the programme."""
    a, added, money = case.assumed, lever.years("committed", 0.0, code), []
    cost = legacy_cost(case, code, world, lever, normal)
    for t, year in enumerate(case.years):
        plan = planned_investment(case, code, t)
        above = before[t] > plan
        power = a["capacity.pass_above"] if above else a["capacity.pass_below"]
        default = (bound_share(a, year - case.base) + added[t]) * plan * (before[t] / plan) ** power
        own = case.figure("commitments", code, year)
        money.append((default if own is None else own + added[t] * plan) * cost[t])
    return money


def whole_plan(case: Case, code: str, world: World, lever: Levers, normal: Normal) -> Row:
    """Planned investment at the prices and cost growth of the draw."""
    cost = legacy_cost(case, code, world, lever, normal)
    return [planned_investment(case, code, t) * cost[t] for t in range(len(case.years))]


def planned_investment(case: Case, code: str, t: int) -> float:
    return nine(mean_ratio(case, code, t) * scale(case, code) * planned_budget(case, code, t))


def legacy_cost(case: Case, code: str, world: World, lever: Levers, normal: Normal) -> Row:
    """Cost of what is on order over plan: growth and prices, arriving over some years."""
    a = case.assumed
    score = together(a["cost.common"], normal("cost.common", 0), normal(f"legacy_cost/{code}", 0))
    growth = cut_lognormal(
        a["cost.growth_median"],
        a["cost.growth_sigma_shelf"],
        a["cost.growth_low"],
        a["cost.growth_high"],
        score,
    )
    moved = [growth, *[growth * lever.number("cost_growth", 1.0)] * (len(case.years) - 1)]
    phases = [min((year - case.base) / a["capacity.cost_phase"], 1.0) for year in case.years]
    return [1.0 + phase * (moved[t] * world.level[t] - 1.0) for t, phase in enumerate(phases)]


def bound_share(a: Mapping[str, Any], ahead: int) -> float:
    first = a["capacity.committed"]
    if ahead <= len(first):
        return float(first[ahead - 1])
    later = first[-1] - a["capacity.committed_step"] * (ahead - len(first))
    return float(max(a["capacity.committed_floor"], later))


def loan_draws(case: Case, code: str) -> list[tuple[float, float]]:
    """SAFE money drawn by year: advance, and the rest in equal parts from the second year to the last.

    All in the first year where that is the last, or comes after it.
    """
    allocation, advanced, _ = case.loans.get(code, (0.0, False, ""))
    first, last = case.years[0], int(case.assumed["safe.last_draw"])
    advance = allocation * case.assumed["safe.advance"] if advanced else 0.0
    rest = allocation - advance
    if last <= first:
        return [(advance, rest) if year == first else (0.0, 0.0) for year in case.years]
    each = rest / (last - first)
    return [(advance if year == first else 0.0, each if first < year <= last else 0.0) for year in case.years]


def loan_service(case: Case, drawn: Sequence[tuple[float, float]], world: World) -> Row:
    """Interest from the year after a draw on what is not repaid; equal parts of principal after the grace."""
    grace, parts = int(case.assumed["safe.grace"]), int(case.assumed["safe.repayment"])
    service = []
    for t in range(len(case.years)):
        due = 0.0
        for v in range(t):
            age, money = t - v, sum(drawn[v])
            repaid = min(max(age - 1 - grace, 0), parts)
            rate = world.rate[v] if v else case.assumed["safe.rate"]
            due += money * rate * (1.0 - repaid / parts)
            due += money / parts if grace < age <= grace + parts else 0.0
        service.append(due)
    return service


def own_resources(case: Case, code: str, t: int) -> float:
    return nine(income_share(case, code, t))


def income_share(case: Case, code: str, t: int) -> float:
    """Share of the state in gross national income, carried on from the latest figure by nominal GDP."""
    latest = max(year for _, year in case.tables["gni"])
    grown = {
        state: case.tables["gni"][state, latest]
        * case.forecast.gdp[state][t]
        / case.tables["gdp"][state, latest]
        for state in case.states
    }
    return grown[code] / sum(grown.values())


def ukraine_loan(case: Case, code: str) -> Row:
    """Interest of the loan by the national income of the states that bear it; half of it the year before."""
    if not case.states[code]["loan_key"]:
        return [0.0] * len(case.years)
    bearing = [s for s, state in case.states.items() if state["loan_key"]]
    count = range(len(case.years))
    key = [nine(income_share(case, code, t) / sum(income_share(case, s, t) for s in bearing)) for t in count]
    start = case.assumed["treasury.ukraine_from"]
    parts = [1.0 if year >= start else 0.5 if year == start - 1 else 0.0 for year in case.years]
    return [key[t] * parts[t] * case.assumed["treasury.ukraine_interest"] for t in count]


# --- public finances ----------------------------------------------------------------------------------------

POINTS = ("balance_points", "debt_points")


def points(
    case: Case, code: str, budget: Row, paid: Row, world: World, lever: Levers, normal: Normal
) -> Mapping[str, Row]:
    """Balance and debt over the published path [% of GDP], year by year as in the design.

    A SAFE loan on top of the budget is part of the debt; its own interest replaces that of the path on it.
    """
    a, drawn = case.assumed, [sum(parts) for parts in loan_draws(case, code)]
    new, aside = a["capacity.safe_new"], 1.0 - a["fiscal.in_path"]
    additional = a["treasury.additionality"] * lever.number("additionality", 1.0)
    additional *= 1.0 - lever.number("joining_key", 0.0)
    logs = gdp_over_baseline(case, code, lever, normal)
    gdp = [case.tables["gdp"][code, case.base], *case.forecast.gdp[code]]
    lived = [gdp[0], *(gdp[t + 1] * math.exp(logs[t]) for t in range(len(logs)))]
    gap, dearer = output_gap(case, code, lever, normal), dearer_debt(case, code, world)
    service, repaid = loan_service(case, loan_draws(case, code), world), loan_repayment(case, drawn)
    if case.loans.get(code, (0.0, False, ""))[2] == "defence":
        service = [0.0] * len(service)
    lag, loan, owed = int(a["fiscal.safe_delivery"]), ukraine_loan(case, code), 0.0
    balance: Row = []
    debt: Row = []
    for t in range(len(case.years)):
        rate = on_path(case, "interest", code, case.years[t])
        before = 100.0 * on_path(case, "debt", code, case.years[t] - 1)
        shrink, path = lived[t] / lived[t + 1], gdp[t] / gdp[t + 1]
        delivered = drawn[t - lag] if t >= lag else 0.0
        outflow = aside * (own_resources(case, code, t) * paid[t] * additional + loan[t])
        outflow += new * (service[t] - repaid[t] + delivered - (rate + dearer[t]) * owed)
        defence = budget[t] / lived[t + 1] - nine(math.exp(case.forecast.center[code][t])) / gdp[t + 1]
        primary = a["fiscal.semi_elasticity"] * gap[t] - defence - outflow / lived[t + 1]
        last = debt[-1] if debt else 0.0
        interest = (last + before) * (rate + dearer[t]) * shrink - before * rate * path
        balance.append(100.0 * primary - interest)
        ahead = 100.0 * new * (drawn[t] - delivered) / lived[t + 1]
        snow = before * ((1.0 + rate + dearer[t]) * shrink - (1.0 + rate) * path)
        debt.append(last * (1.0 + rate + dearer[t]) * shrink + snow - 100.0 * primary + ahead)
        owed += drawn[t] - repaid[t]
    return {"balance_points": balance, "debt_points": debt}


def on_path(case: Case, table: str, code: str, year: int) -> float:
    """Figure of a year; the nearest year of the table holds outside it."""
    known = [one for _, one in case.tables[table]]
    return case.tables[table][code, min(max(year, min(known)), max(known))]


def output_gap(case: Case, code: str, lever: Levers, normal: Normal) -> Row:
    """What is left of this and earlier years' deviations of real growth [share of GDP]."""
    sd, rho = case.assumed["economy.growth_sd"], case.assumed["economy.growth_common"]
    shocks = [
        sd * together(rho, normal("growth.common", t), normal(f"growth/{code}", t))
        for t in range(len(case.years))
    ]
    growth = autoregression(shocks, case.assumed["economy.growth_persistence"])
    moved = lever.years("growth", 0.0, code)
    fading = case.assumed["fiscal.gap_persistence"]
    return [sum((growth[s] + moved[s]) * fading ** (t - s) for s in range(t + 1)) for t in range(len(growth))]


def dearer_debt(case: Case, code: str, world: World) -> Row:
    """What shocks add to the rate paid in a year on the debt of the year before.

    Of a year's debt the part kept from the year before has its rate, all else that of the year.
    """
    rates = [0.0]
    for t in range(1, len(case.years)):
        year = case.years[t - 1]
        gdp = (case.tables["gdp"][code, case.base], *case.forecast.gdp[code])
        stock = on_path(case, "debt", code, year - 1) * gdp[t - 1]
        grown = on_path(case, "debt", code, year) * gdp[t]
        kept = min(1.0, (1.0 - case.assumed["fiscal.maturing"]) * stock / grown)
        fresh = world.rate[t - 1] - case.assumed["safe.rate"] if t > 1 else 0.0
        rates.append(kept * rates[-1] + (1.0 - kept) * fresh)
    return rates


def loan_repayment(case: Case, drawn: Row) -> Row:
    """Principal of SAFE loans paid back in a year."""
    grace, parts = int(case.assumed["safe.grace"]), int(case.assumed["safe.repayment"])
    return [
        sum(drawn[v] / parts for v in range(t) if grace < t - v <= grace + parts) for t in range(len(drawn))
    ]


def mean_by_gdp(case: Case, places: Mapping[str, Mapping[str, Row]], name: str) -> Row:
    """Mean over the states, each by its GDP on the published path."""
    gdp = case.forecast.gdp
    return [
        sum(gdp[code][t] * places[code][name][t] for code in case.states)
        / sum(gdp[code][t] for code in case.states)
        for t in range(len(case.years))
    ]
