"""What a state has to invest, and what of it is promised before."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from reference_model.case import Case, Levers, Normal, Row
from reference_model.distributions import autoregression, beta, cut_lognormal, nine, together
from reference_model.economy import World, gdp_over_baseline, since_settled, voted_years


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
