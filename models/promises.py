"""What states have to invest and what is promised of it: all that strain rests on, and nothing else."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from models import capacity, financing
from models.arrays import Floats, summed
from models.capacity import Money
from models.economy import in_own_money, levered
from models.model import Draws, Model
from models.strain import strained
from models.stress import Scenario


@dataclass(frozen=True)
class Promises:
    """What a place has to invest, what is promised of it, and the programme's net call.

    Shapes (year, draw), EUR million.
    """

    investment: Floats
    committed: Floats
    net_call: Floats

    def strained(self) -> tuple[Floats, Floats]:
        """Strain [ratio] and gap [EUR million]; of places together the gap of their sums. (year, draw)."""
        strain, _, gap = strained(self.committed, self.net_call, self.investment)
        return strain, gap


def money(model: Model, drawn: Draws, scenario: Scenario) -> Iterator[Money]:
    """What each state has and has promised, with service of SAFE loans where it is paid from defence."""
    level = levered(drawn.prices, model.economy, scenario)
    pays = any(state.pays_loan for state in model.states)
    services = financing.safe_service(model.financing, level) if pays else np.zeros(0)
    for state, own in zip(model.states, drawn.states, strict=True):
        has = capacity.money(state, own, model.capacity, model.economy, scenario, level)
        if state.pays_loan:
            has = serving(has, financing.served(state.safe_loans, services), own.euro)
        yield has


def serving(has: Money, service: Floats, euro: Floats | None) -> Money:
    """What a state has and has promised where its defence budget serves its loans (year, draw).

    In another currency it bears a moved rate of what it owes in euros; euro: its value in the state's money.
    """
    owed = in_own_money(service, euro)
    planned = None if has.planned is None else has.planned + owed
    return replace(has, committed=has.committed + owed, planned=planned)


def together(places: Sequence[Promises]) -> Promises:
    """All of them as one place."""
    names = "investment", "committed", "net_call"
    return Promises(*(summed(getattr(one, name) for one in places) for name in names))
