"""Growth, prices, rates, and the euro in other currencies."""

import math
from dataclasses import dataclass
from itertools import pairwise

from reference_model.case import Case, Levers, Normal, Row
from reference_model.distributions import autoregression, running, together


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
