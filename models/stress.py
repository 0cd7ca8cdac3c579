"""Scenarios: levers that move the model, neutral by default."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from models.arrays import Floats


@dataclass(frozen=True)
class Lever:
    """One thing a scenario can move.

    raises: which way gross strain moves when the lever is raised: +1, -1, or 0 where it depends on the state.
    form: "years" (a number a year), "number", "capabilities" (a number, or one a capability) or "states".
    """

    neutral: float
    unit: str
    raises: int
    form: str
    about: str


LEVERS: dict[str, Lever] = {
    "growth": Lever(0.0, "share per year, added", -1, "years", "real growth"),
    "deflator": Lever(0.0, "share per year, added", 0, "years", "inflation of the general price level"),
    "rates": Lever(0.0, "share per year, added", 1, "years", "interest rate of loans not yet drawn"),
    "budget": Lever(1.0, "factor", -1, "years", "defence budgets"),
    "investment_share": Lever(0.0, "share, added", -1, "years", "share of defence budgets that is invested"),
    "committed": Lever(0.0, "share, added", 1, "years", "share of planned investment already committed"),
    "premium": Lever(
        0.0, "share per year, added", 1, "number", "defence inflation above the general price level"
    ),
    "prices": Lever(1.0, "factor", 1, "capabilities", "prices of contracts not yet signed"),
    "slip": Lever(1.0, "factor", 0, "number", "delay after contract"),
    "slip_months": Lever(0.0, "months, added", 0, "number", "delay after contract"),
    "ukraine_slip_months": Lever(0.0, "months, added", 0, "number", "delay of lines produced in Ukraine"),
    "cost_growth": Lever(
        1.0, "factor", 1, "number", "cost growth after contract, new and existing contracts"
    ),
    "absorption": Lever(1.0, "factor", 0, "number", "share of the money that finds a project"),
    "ukraine_absorption": Lever(1.0, "factor", 0, "number", "the same for lines produced in Ukraine"),
    "additionality": Lever(
        1.0, "factor", 1, "number", "share of EU payments that raises national contributions"
    ),
    "pledge": Lever(-1.0, "weight, drawn where negative", -1, "number", "how far the pledge is kept"),
    "saving": Lever(0.0, "share, added", -1, "number", "saving of buying together"),
    "leaves": Lever(0.0, "states", 0, "states", "states that leave joint contracts after signature"),
}


@dataclass(frozen=True)
class Scenario:
    """The levers of one scenario, resolved for the projected years.

    yearly: lever -> (year,) for levers of form "years"; numbers: lever -> value; prices: capability -> factor;
    leaves: codes of states that leave joint contracts.
    """

    id: str
    yearly: Mapping[str, Floats]
    numbers: Mapping[str, float]
    prices: Mapping[str, float] = field(default_factory=dict)
    leaves: tuple[str, ...] = ()

    def years(self, lever: str) -> Floats:
        """A yearly lever as a column, to be added or multiplied along draws. Shape (year, 1)."""
        return self.yearly[lever][:, np.newaxis]

    def number(self, lever: str) -> float:
        """A lever that is one number."""
        return self.numbers[lever]

    def price(self, capability: str) -> float:
        """Factor on the price of a capability before contract."""
        return self.prices.get(capability, self.numbers["prices"])


def scenario(name: str, levers: Mapping[str, object], years: int) -> Scenario:
    """Scenario of a name and its levers; a list shorter than the horizon is neutral after its end."""
    yearly = {
        lever: _padded(levers.get(lever, about.neutral), about.neutral, years)
        for lever, about in LEVERS.items()
        if about.form == "years"
    }
    prices = levers.get("prices", LEVERS["prices"].neutral)
    numbers = {
        lever: _number(levers.get(lever, about.neutral), about.neutral)
        for lever, about in LEVERS.items()
        if about.form in {"number", "capabilities"}
    }
    leaves = levers.get("leaves", ())
    return Scenario(
        id=name,
        yearly=yearly,
        numbers=numbers,
        prices={str(k): float(v) for k, v in prices.items()} if isinstance(prices, Mapping) else {},
        leaves=tuple(str(code) for code in leaves) if isinstance(leaves, Sequence) else (),
    )


def _padded(value: object, neutral: float, years: int) -> Floats:
    if not isinstance(value, Sequence):
        return np.full(years, _number(value, neutral))
    given = [float(x) for x in value][:years]
    return np.array(given + [neutral] * (years - len(given)))


def _number(value: object, neutral: float) -> float:
    return float(value) if isinstance(value, int | float) else neutral
