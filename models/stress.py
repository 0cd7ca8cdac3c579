"""Scenarios: levers that move the model, neutral by default."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from models.arrays import Floats


@dataclass(frozen=True)
class Lever:
    """One thing a scenario can move.

    form: "years" (a number, or one a year), "number", "capabilities" (a number, or one a capability) or
    "states"; reach: what it moves at first hand, as named below; by_state: whether it may differ from state
    to state; moves: the metric in which it is monotone, as a mean over paths, and raises: which way that goes
    when the lever is raised, +1 or -1, or 0 where it depends.
    """

    neutral: float
    unit: str
    form: str
    reach: frozenset[str]
    moves: str
    raises: int
    about: str
    by_state: bool = False


PROGRAMME, SHARES = frozenset({"programme"}), frozenset({"shares"})
"""Contracts and payments; how own resources are shared."""
BUDGETS, PLEDGE, INVESTMENT = frozenset({"budgets"}), frozenset({"pledge"}), frozenset({"investment"})
"""Defence budgets and the economy they follow; how far those of states below it keep the pledge; what of them
is invested."""
SIGNED, LOANS = frozenset({"signed"}), frozenset({"loans"})
"""What is signed for and what that costs; interest of loans and debt."""
SPENT = BUDGETS | PLEDGE
"""All that moves defence budgets."""
STANDING = SPENT | INVESTMENT | SIGNED
"""All that moves what states have to invest and have promised, whatever the programme does."""
BOTH = PROGRAMME | STANDING
ACCOUNTS = PROGRAMME | SHARES | LOANS | SPENT
"""All that moves public balance and debt, the economy included."""
EVERYTHING = BOTH | SHARES | LOANS
FORMS = ("years", "number", "capabilities", "states")
OTHERS = "others"
"""In a lever that differs from place to place, the entry of all places it does not name."""
LONGEST = 20
"""Years a list may name: the longest horizon."""

SHARE, FACTOR, YEARLY = "share, added", "factor", "share per year, added"
MONTHS, MONEY, WEIGHT = "months, added", "EUR million per year, added", "weight, drawn where negative"

LEVERS: dict[str, Lever] = {
    "growth": Lever(0.0, YEARLY, "years", BUDGETS, "budget", 1, "real growth", by_state=True),
    "deflator": Lever(
        0.0,
        YEARLY,
        "years",
        PROGRAMME | BUDGETS | SIGNED,
        "outlay",
        1,
        "inflation of the general price level",
    ),
    "rates": Lever(
        0.0, YEARLY, "years", LOANS, "safe_service", 1, "interest of loans and debt yet to be taken up"
    ),
    "budget": Lever(1.0, FACTOR, "years", BUDGETS, "budget", 1, "defence budgets", by_state=True),
    "investment_share": Lever(
        0.0, SHARE, "years", INVESTMENT, "investment", 1, "share of budgets that is invested", by_state=True
    ),
    "committed": Lever(
        0.0, SHARE, "years", SIGNED, "committed", 1, "share of investment already committed", by_state=True
    ),
    "premium": Lever(
        0.0, YEARLY, "number", PROGRAMME, "outlay", 1, "defence inflation above the general price level"
    ),
    "prices": Lever(
        1.0, FACTOR, "capabilities", PROGRAMME, "outlay", 1, "prices of the programme's contracts"
    ),
    "slip": Lever(1.0, FACTOR, "number", PROGRAMME, "decommitted", 1, "delay after contract"),
    "slip_months": Lever(0.0, MONTHS, "number", PROGRAMME, "decommitted", 1, "delay after contract"),
    "ukraine_slip_months": Lever(
        0.0, MONTHS, "number", PROGRAMME, "decommitted", 1, "delay of lines produced in Ukraine"
    ),
    "lag_months": Lever(0.0, MONTHS, "number", PROGRAMME, "decommitted", 1, "time from call to award"),
    "duration": Lever(1.0, FACTOR, "number", PROGRAMME, "outlay_beyond", 1, "planned duration of contracts"),
    "mix": Lever(
        1.0, FACTOR, "capabilities", PROGRAMME, "outlay", 0, "what a line buys; its money stays the same"
    ),
    "cost_growth": Lever(
        1.0,
        FACTOR,
        "number",
        PROGRAMME | SIGNED,
        "outlay",
        1,
        "cost growth of contracts; of existing ones from year two",
    ),
    "sustainment": Lever(1.0, FACTOR, "number", PROGRAMME, "upkeep", 1, "yearly cost of what was delivered"),
    "absorption": Lever(
        1.0, FACTOR, "number", PROGRAMME, "commitments", 1, "share of the money that finds a project"
    ),
    "ukraine_absorption": Lever(
        1.0, FACTOR, "number", PROGRAMME, "commitments", 1, "share that finds a project, of lines in Ukraine"
    ),
    "joint": Lever(
        1.0, FACTOR, "number", PROGRAMME, "net_call", -1, "saving and grants of what states buy together"
    ),
    "saving": Lever(0.0, SHARE, "number", PROGRAMME, "outlay", -1, "saving of buying together"),
    "leaves": Lever(
        0.0, "states", "states", PROGRAMME, "outlay", 0, "states that leave joint contracts after signature"
    ),
    "leaving_saving": Lever(
        0.0, SHARE, "number", PROGRAMME, "outlay", -1, "saving of the contracts that a state leaves"
    ),
    "joining_part": Lever(
        0.0, SHARE, "number", PROGRAMME, "gross_call", -1, "part of states' bills that a new member bears"
    ),
    "joining_key": Lever(
        0.0, SHARE, "number", SHARES, "eu_budget", -1, "part of own resources that a new member bears"
    ),
    "successor": Lever(
        0.0, MONEY, "number", PROGRAMME, "commitments", 1, "commitments to a programme that follows this one"
    ),
    "additionality": Lever(
        1.0, FACTOR, "number", SHARES, "eu_budget", 1, "share of EU payments that raises own resources"
    ),
    "pledge": Lever(-1.0, WEIGHT, "number", PLEDGE, "budget", 1, "how far the pledge is kept"),
}


LIMITS = {
    "joint": (0.0, 1.0),
    "joining_part": (0.0, 0.9),
    "joining_key": (0.0, 0.9),
    "saving": (-0.5, 0.5),
    "leaving_saving": (-0.5, 0.0),
}
"""Lowest and highest value of some levers."""

LIMITS_OF_UNIT = {
    SHARE: (-0.9, 0.9),
    FACTOR: (0.0, 10.0),
    YEARLY: (-0.5, 0.5),
    MONTHS: (-120.0, 120.0),
    MONEY: (0.0, 100_000.0),
    WEIGHT: (-1.0, 1.0),
}
"""Lowest and highest value of all others, a factor above zero; what is beyond is taken for a slip."""


def limits(lever: str) -> tuple[float, float]:
    """Lowest and highest value of a lever."""
    return LIMITS.get(lever, LIMITS_OF_UNIT[LEVERS[lever].unit])


@dataclass(frozen=True, eq=False)
class Scenario:
    """The levers of one scenario, resolved for the projected years.

    yearly: lever -> (year,) for levers of form "years"; local: lever -> code -> (year,), for states where it
    differs; numbers: lever -> value; capabilities: lever -> capability -> factor; leaves: codes of states
    that leave joint contracts.
    """

    id: str
    yearly: Mapping[str, Floats]
    numbers: Mapping[str, float]
    local: Mapping[str, Mapping[str, Floats]] = field(default_factory=dict)
    capabilities: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    leaves: tuple[str, ...] = ()

    def years(self, lever: str, state: str = "") -> Floats:
        """A yearly lever, of a state where it differs, as a column along draws. Shape (year, 1)."""
        values = self.local.get(lever, {}).get(state, self.yearly[lever])
        return values[:, np.newaxis]

    def number(self, lever: str) -> float:
        """A lever that is one number."""
        return self.numbers[lever]

    def of(self, lever: str, capability: str) -> float:
        """A lever that may differ from capability to capability."""
        return self.capabilities.get(lever, {}).get(capability, self.numbers[lever])

    def moved(self, reach: frozenset[str], state: str | None = None) -> tuple[object, ...]:
        """Levers of a reach that are not neutral, with all their values: in one state, in all where None.

        What scenarios have in common is made once: those that agree in the levers of the programme share its
        contracts and payments.
        """
        found = ((name, self._values(name, state)) for name in self._moving if LEVERS[name].reach & reach)
        return tuple((name, *values) for name, values in found if _is_moved(name, values))

    @cached_property
    def _moving(self) -> tuple[str, ...]:
        """Levers that are not neutral everywhere."""
        return tuple(name for name in LEVERS if _is_moved(name, self._values(name, None)))

    def _values(self, lever: str, state: str | None) -> list[tuple[object, ...]]:
        """Places of a lever, each with its values: one state, or all that it tells apart where None."""
        form = LEVERS[lever].form
        if form == "years":
            codes = ["", *sorted(self.local.get(lever, {}))] if state is None else [state]
            return [(code, *self.years(lever, code)[:, 0].tolist()) for code in codes]
        if form == "states":
            return [("", *self.leaves)]
        return [("", self.numbers[lever]), *sorted(self.capabilities.get(lever, {}).items())]


def _is_moved(lever: str, values: Sequence[tuple[object, ...]]) -> bool:
    """Whether a lever is not neutral in some of its places, each given with its values."""
    return any(value != LEVERS[lever].neutral for _, *given in values for value in given)


def scenario(name: str, levers: Mapping[str, object], years: int) -> Scenario:
    """Scenario of a name and its levers; a list shorter than the horizon is neutral after its end.

    A lever that differs from state to state, or from capability to capability, is a mapping; what it does not
    name goes by its entry "others", neutral where there is none.
    """
    of_form = {form: [(n, v) for n, v in LEVERS.items() if v.form == form] for form in FORMS}
    tables = {lever: value for lever, value in levers.items() if isinstance(value, Mapping)}
    plain = {lever: value for lever, value in levers.items() if lever not in tables}
    plain |= {lever: value[OTHERS] for lever, value in tables.items() if OTHERS in value}
    leaves = levers.get("leaves", ())
    return Scenario(
        id=name,
        yearly={
            lever: padded(plain.get(lever, about.neutral), about.neutral, years)
            for lever, about in of_form["years"]
        },
        numbers={
            lever: _number(plain.get(lever, about.neutral), about.neutral)
            for lever, about in (*of_form["number"], *of_form["capabilities"])
        },
        local={
            lever: {code: padded(given, about.neutral, years) for code, given in named(tables[lever]).items()}
            for lever, about in of_form["years"]
            if lever in tables
        },
        capabilities={
            lever: {capability: float(factor) for capability, factor in named(tables[lever]).items()}
            for lever, _ in of_form["capabilities"]
            if lever in tables
        },
        leaves=tuple(str(code) for code in leaves) if isinstance(leaves, Sequence) else (),
    )


def named(table: Mapping[str, Any]) -> dict[str, Any]:
    """Entries of a lever for places that it names."""
    return {place: given for place, given in table.items() if place != OTHERS}


def combined(first: Mapping[str, object], second: Mapping[str, object]) -> dict[str, object]:
    """Levers of two scenarios together: factors multiply, what is added adds up, states join.

    Raises ValueError where both set what can be set but once, or together more than is allowed.
    """
    return {
        name: _both(name, first[name], second[name])
        if name in first and name in second
        else {**first, **second}[name]
        for name in LEVERS
        if name in first or name in second
    }


def _both(name: str, first: Any, second: Any) -> object:  # noqa: ANN401  as written in a file
    lever = LEVERS[name]
    if lever.form == "states":
        return sorted({*first, *second})
    if isinstance(first, Mapping) or isinstance(second, Mapping):
        places = sorted({place for given in (first, second) if isinstance(given, Mapping) for place in given})
        return {
            place: _both(name, at_place(first, place, lever), at_place(second, place, lever))
            for place in dict.fromkeys((*places, OTHERS))
        }
    if isinstance(first, Sequence) or isinstance(second, Sequence):
        length = max(len(given) if isinstance(given, Sequence) else LONGEST for given in (first, second))
        rows = (padded(given, lever.neutral, length).tolist() for given in (first, second))
        return [_together(name, a, b) for a, b in zip(*rows, strict=True)]
    return _together(name, float(first), float(second))


def at_place(given: Any, place: str, lever: Lever) -> Any:  # noqa: ANN401  as written in a file
    """What a lever is at a place, such as a state, where it may differ from place to place."""
    return given.get(place, given.get(OTHERS, lever.neutral)) if isinstance(given, Mapping) else given


def _together(name: str, first: float, second: float) -> float:
    unit = LEVERS[name].unit
    if unit == WEIGHT and first != second:
        raise ValueError(f"both set {name}, to {first:g} and to {second:g}")
    if unit == WEIGHT:
        return first
    both = first * second if unit == FACTOR else first + second
    low, high = limits(name)
    if not low <= both <= high:
        raise ValueError(f"together they set {name} to {both:g}, allowed are {low:g} to {high:g}")
    return both


def padded(value: object, neutral: float, years: int) -> Floats:
    """A lever by year: a number in all of them, a list in its first ones. Shape (year,)."""
    if not isinstance(value, Sequence):
        return np.full(years, _number(value, neutral))
    given = [float(x) for x in value][:years]
    return np.array(given + [neutral] * (years - len(given)))


def _number(value: object, neutral: float) -> float:
    return float(value) if isinstance(value, int | float) else neutral
