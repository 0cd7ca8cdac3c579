"""Scenarios: levers that move the model, neutral by default."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from models.arrays import Floats


@dataclass(frozen=True)
class Lever:
    """One thing a scenario can move.

    raises: which way gross strain moves when the lever is raised: +1, -1, or 0 where it depends or does not.
    form: "years" (a number a year), "number", "capabilities" (a number, or one a capability) or "states";
    programme: whether it moves the programme's contracts and payments, or only what states have and owe
    besides.
    """

    neutral: float
    unit: str
    raises: int
    form: str
    programme: bool
    about: str


LEVERS: dict[str, Lever] = {
    "growth": Lever(0.0, "share per year, added", -1, "years", False, "real growth"),
    "deflator": Lever(0.0, "share per year, added", 0, "years", True, "inflation of the general price level"),
    "rates": Lever(0.0, "share per year, added", 0, "years", False, "interest rate of loans not yet drawn"),
    "budget": Lever(1.0, "factor", -1, "years", False, "defence budgets"),
    "investment_share": Lever(
        0.0, "share, added", -1, "years", False, "share of defence budgets that is invested"
    ),
    "committed": Lever(
        0.0, "share, added", 1, "years", False, "share of planned investment already committed"
    ),
    "premium": Lever(
        0.0, "share per year, added", 1, "number", True, "defence inflation above the general price level"
    ),
    "prices": Lever(1.0, "factor", 1, "capabilities", True, "prices of contracts not yet signed"),
    "slip": Lever(1.0, "factor", 0, "number", True, "delay after contract"),
    "slip_months": Lever(0.0, "months, added", 0, "number", True, "delay after contract"),
    "ukraine_slip_months": Lever(
        0.0, "months, added", 0, "number", True, "delay of lines produced in Ukraine"
    ),
    "cost_growth": Lever(
        1.0, "factor", 1, "number", True, "cost growth after contract, new and existing contracts"
    ),
    "absorption": Lever(1.0, "factor", 0, "number", True, "share of the money that finds a project"),
    "ukraine_absorption": Lever(1.0, "factor", 0, "number", True, "the same for lines produced in Ukraine"),
    "additionality": Lever(
        1.0, "factor", 0, "number", False, "share of EU payments that raises national contributions"
    ),
    "pledge": Lever(-1.0, "weight, drawn where negative", -1, "number", False, "how far the pledge is kept"),
    "saving": Lever(0.0, "share, added", -1, "number", True, "saving of buying together"),
    "leaves": Lever(0.0, "states", 0, "states", True, "states that leave joint contracts after signature"),
}


@dataclass(frozen=True)
class Scenario:
    """The levers of one scenario, resolved for the projected years.

    yearly: lever -> (year,) for levers of form "years"; numbers: lever -> value; prices: capability ->
    factor; leaves: codes of states that leave joint contracts.
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

    @property
    def programme(self) -> tuple[object, ...]:
        """All that moves the programme itself.

        Scenarios that agree in it share its contracts and payments.
        """
        moved = [name for name, lever in LEVERS.items() if lever.programme]
        yearly = tuple(tuple(self.yearly[name].tolist()) for name in moved if name in self.yearly)
        numbers = tuple(self.numbers[name] for name in moved if name in self.numbers)
        return yearly, numbers, tuple(sorted(self.prices.items())), self.leaves

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
