"""The other way round: how much of a remedy brings the probability of red under a wished value.

Each remedy is tried step by step on the same first paths of the run, for one state in one year of a scenario.
A step is taken to help no less than the one before it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from models import promises
from models.arrays import Floats
from models.breaking import alone
from models.capacity import Money
from models.lots import Lot
from models.model import Draws, Model, calling_draws
from models.programme import net_calls
from models.promises import Promises
from models.shocks import Shocks, drawn
from models.stress import Scenario

BLOCKS = 8
"""Blocks of draws: 8,192 paths; the standard error of a probability of 5 % is a quarter of a point."""

PASS = 2
"""Blocks drawn for all states at once."""


@dataclass(frozen=True)
class Ladder:
    """Steps of a remedy. steps: how many; amount: of a step; unit: of the amount."""

    steps: int
    amount: Callable[[int], float]
    unit: str

    @property
    def most(self) -> float:
        """Amount of the last step."""
        return self.amount(self.steps)


@dataclass(frozen=True)
class Remedy:
    """How much of one remedy is enough.

    needed: the smallest amount that brings the probability down to the wished one, 0 where it is there
    already, None where even the last step does not; probability: of red with what is needed, or with the last
    step.
    """

    name: str
    needed: float | None
    probability: float


@dataclass(frozen=True)
class Question:
    """Where remedies are asked for.

    years: code -> projected year; wished: probability of red [share]; blocks: of draws, the first of the run.
    """

    model: Model
    scenario: Scenario
    seed: int
    years: Mapping[str, int]
    wished: float
    blocks: int = BLOCKS


Nets = Callable[[str, int], Floats]
"""Remedy and step -> net calls on the states asked about, each in its year (state, draw)."""


def remedies(question: Question) -> dict[str, tuple[Remedy, ...]]:
    """Each remedy for each state asked about. A step that moves the programme is computed once for all."""
    kept = _net_calls(question, [AS_IT_IS, *((name, LADDERS[name].steps) for name in (GRANT, DELAY))])
    shocks = drawn(question.seed, 0, question.blocks)

    def nets(name: str, step: int) -> Floats:
        key = (name, step) if step else AS_IT_IS
        if key not in kept:
            kept.update(_net_calls(question, [key]))
        return kept[key]

    return {
        code: tuple(_remedy(name, red, question.wished) for name, red in _reds(question, shocks, row, nets))
        for row, code in enumerate(question.years)
    }


def _remedy(name: str, red: Callable[[int], float], wished: float) -> Remedy:
    """The lowest step at which the probability of red is down to the wished one."""
    ladder = LADDERS[name]
    if red(0) <= wished:
        return Remedy(name, 0.0, red(0))
    if red(ladder.steps) > wished:
        return Remedy(name, None, red(ladder.steps))
    low, high = 0, ladder.steps
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if red(middle) <= wished else (middle, high)
    return Remedy(name, ladder.amount(high), red(high))


def _reds(
    question: Question, shocks: Shocks, row: int, nets: Nets
) -> list[tuple[str, Callable[[int], float]]]:
    """Probability of red of one state by the steps of each remedy. row: of the state asked about."""
    code, year = list(question.years.items())[row]
    one, t = alone(replace(question.model, lots=()), code, ()), question.model.years.index(year)
    draws = calling_draws(one, shocks)
    has = _money(one, draws, question.scenario, 0.0)

    def red(money: Money, net: Floats) -> float:
        strain, _ = Promises(money.investment[[t]], money.committed[[t]], net[np.newaxis]).strained()
        return float((strain > one.thresholds.red).mean())

    def invested(step: int) -> float:
        more = _money(one, draws, question.scenario, LADDERS[SHARE].amount(step)) if step else has
        return red(more, nets(*AS_IT_IS)[row])

    def of_programme(name: str) -> Callable[[int], float]:
        return lambda step: red(has, nets(name, step)[row])

    return [(name, invested if name == SHARE else of_programme(name)) for name in LADDERS]


def _money(one: Model, draws: Draws, scenario: Scenario, added: float) -> Money:
    """What a state has and has promised, where a share more of its budget is invested in every year.

    one: the model of one state, without a programme.
    """
    (own,) = draws.states
    more = replace(own, investment_share=own.investment_share + added)
    return next(promises.money(one, replace(draws, states=(more,)), scenario))


def _net_calls(question: Question, steps: Sequence[tuple[str, int]]) -> dict[tuple[str, int], Floats]:
    """Net call on each state asked about in its year, at steps of remedies. Shapes (state, draw)."""
    model = question.model
    codes = [state.code for state in model.states]
    cells = [(codes.index(code), model.years.index(year)) for code, year in question.years.items()]
    found: dict[tuple[str, int], list[Floats]] = {step: [] for step in steps}
    for first in range(0, question.blocks, PASS):
        draws = calling_draws(model, drawn(question.seed, first, min(PASS, question.blocks - first)))
        for step, parts in found.items():
            moved, scenario = _moved(question, *step)
            net = net_calls(moved, draws, scenario)
            parts.append(np.stack([net[index][t] for index, t in cells]))
    return {step: np.concatenate(parts, axis=1) for step, parts in found.items()}


def _moved(question: Question, name: str, step: int) -> tuple[Model, Scenario]:
    """Model and scenario at one step of a remedy that moves the programme; draws stay as they are."""
    model, scenario = question.model, question.scenario
    if name == GRANT:
        least = LADDERS[name].amount(step)
        return replace(model, lots=tuple(granted(lot, least) for lot in model.lots)), scenario
    if name == DELAY:
        later = scenario.number("lag_months") + LADDERS[name].amount(step)
        return model, replace(scenario, numbers={**scenario.numbers, "lag_months": later})
    return model, scenario


def granted(lot: Lot, least: float) -> Lot:
    """A lot of whose contract the EU bears at least a share: the grant stays, the contract is smaller."""
    if not lot.contract or lot.eu_share >= least:
        return lot
    kept = (1.0 - least) / (1.0 - lot.eu_share)
    share = 1.0 - (1.0 - lot.state_share) * kept if lot.grant_to == "states" else lot.state_share * kept
    return replace(lot, eu_share=least, state_share=share)


SHARE, GRANT, DELAY = "investment share", "grant share", "delay of entry"
AS_IT_IS = ("", 0)

LADDERS: dict[str, Ladder] = {
    SHARE: Ladder(300, lambda step: step / 1000.0, "share, added"),
    GRANT: Ladder(20, lambda step: step / 20.0, "share"),
    DELAY: Ladder(20, lambda step: 3.0 * step, "months"),
}
"""Remedy -> its steps: share of the budget invested on top; least share of a contract that the EU bears;
months between call and award on top."""
