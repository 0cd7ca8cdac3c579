"""Growth, prices, interest and exchange rates as deviations from their published paths."""

from dataclasses import dataclass, replace

import numpy as np

from models.arrays import Floats, accumulated
from models.compiled import compiled
from models.shocks import Shocks, stream
from models.stress import Scenario
from models.tables import Table


@dataclass(frozen=True, eq=False)
class Economy:
    """Sizes of the shocks [share per year]; `common` and `own` already hold the correlation and the size."""

    growth_common: float
    growth_own: float
    growth_persistence: float
    deflator_common: float
    deflator_own: float
    deflator_persistence: float
    rate: float
    usd: float
    uah: float
    exponential: Table


@dataclass(frozen=True)
class Prices:
    """What all states face. Shapes (year, draw).

    level: general price level over its baseline; usd, uah: value in euro over baseline;
    rate: interest rate of money drawn in a year, over its baseline [share per year, added].
    """

    level: Floats
    usd: Floats
    uah: Floats
    rate: Floats


def prices(economy: Economy, shocks: Shocks, years: int) -> Prices:
    """Prices, exchange rates and interest rates that all states share, before any lever."""
    inflation = persistent(
        economy.deflator_common * shocks("deflator.common", years), economy.deflator_persistence
    )
    return Prices(
        level=economy.exponential(accumulated(inflation)),
        usd=economy.exponential(economy.usd * accumulated(shocks("usd", years))),
        uah=economy.exponential(economy.uah * accumulated(shocks("uah", years))),
        rate=economy.rate * accumulated(shocks("rate", years)),
    )


@dataclass(frozen=True)
class Gdp:
    """A state's GDP over its baseline path, before any lever. Shapes (year, draw).

    growth: of real GDP [share per year, added]; nominal: log of nominal GDP.
    """

    growth: Floats
    nominal: Floats


def levered(prices: Prices, economy: Economy, scenario: Scenario) -> Prices:
    """Prices and interest rates as a scenario moves them."""
    inflation = economy.exponential(accumulated(scenario.years("deflator")))
    return replace(prices, level=prices.level * inflation, rate=prices.rate + scenario.years("rates"))


def gdp_lever(scenario: Scenario, state: str) -> Floats:
    """Log of a state's nominal GDP in a scenario over that without its levers. Shape (year, 1)."""
    return accumulated(scenario.years("growth", state) + scenario.years("deflator"))


def gdp_deviation(economy: Economy, shocks: Shocks, state: str, years: int) -> Gdp:
    """GDP of a state over its baseline path, before any lever."""
    growth, nominal = _gdp(
        (shocks("growth.common", years), shocks(stream("growth", state), years)),
        (economy.growth_common, economy.growth_own, economy.growth_persistence),
        (shocks("deflator.common", years), shocks(stream("deflator", state), years)),
        (economy.deflator_common, economy.deflator_own, economy.deflator_persistence),
    )
    return Gdp(growth, nominal)


@compiled
def _gdp(
    real: tuple[Floats, Floats],
    of_real: tuple[float, float, float],
    prices: tuple[Floats, Floats],
    of_prices: tuple[float, float, float],
) -> tuple[Floats, Floats]:
    """Growth and nominal GDP as in `Gdp`: both rates are first-order autoregressions that start at zero.

    real, prices: common and own shocks (year, draw); of_real, of_prices: their sizes, and the persistence.
    """
    growth, nominal = np.empty_like(real[0]), np.empty_like(real[0])
    draws = real[0].shape[1]
    grown, inflation, total = np.zeros(draws), np.zeros(draws), np.zeros(draws)
    for t in range(len(growth)):
        for p in range(draws):
            shock = of_real[0] * real[0][t, p] + of_real[1] * real[1][t, p]
            dearer = of_prices[0] * prices[0][t, p] + of_prices[1] * prices[1][t, p]
            grown[p] = shock + of_real[2] * grown[p]
            inflation[p] = dearer + of_prices[2] * inflation[p]
            total[p] += grown[p] + inflation[p]
            growth[t, p], nominal[t, p] = grown[p], total[p]
    return growth, nominal


def euro_deviation(economy: Economy, shocks: Shocks, state: str, volatility: float, years: int) -> Floats:
    """Value of the euro in a state's own currency over its baseline path. Shape (year, draw).

    A random walk in logs of a yearly volatility.
    """
    return economy.exponential(volatility * accumulated(shocks(stream("currency", state), years)))


def in_own_money(money: Floats, euro: Floats | None) -> Floats:
    """Euros of a contract as they weigh on a budget in another currency [EUR million at planned rates]."""
    return money if euro is None else money * euro


def persistent(innovations: Floats, persistence: float) -> Floats:
    """First-order autoregression that starts at zero. Shape (year, draw), as the innovations."""
    path = np.array(innovations, order="C")
    _persist(path.reshape(len(path), -1), persistence)
    return path


@compiled
def _persist(path: Floats, persistence: float) -> None:
    for t in range(1, len(path)):
        for p in range(path.shape[1]):
            path[t, p] += persistence * path[t - 1, p]
