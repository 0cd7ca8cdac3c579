"""What levers reach in a place: what scenarios agree in there is made and counted once."""

from collections import Counter
from collections.abc import Callable, Hashable, Iterable
from functools import lru_cache
from typing import Any, TypeVar

from models.capacity import State
from models.stress import LOANS, PLEDGE, SIGNED, Scenario

Value = TypeVar("Value")


@lru_cache(maxsize=65_536)
def moved_in(scenario: Scenario, reach: frozenset[str], states: tuple[State, ...]) -> Hashable:
    """What a scenario moves of a reach in some states: in one, or in all as the union, which may be of one.

    Two scenarios that agree in it are the same there, bit for bit. Interest of loans moves what is promised
    where the defence budget serves them; a pledge moves no state that is above it already.
    """
    if reach & SIGNED and any(state.pays_loan for state in states):
        reach |= LOANS
    if not any(state.pledge_pull.any() for state in states):
        reach -= PLEDGE
    return scenario.moved(reach, states[0].code if len(states) == 1 else None)


class Shared:
    """Values that several askers agree in, by key: made once and kept as long as one has still to ask."""

    def __init__(self, keys: Iterable[Hashable] = ()) -> None:
        self._asked = Counter(keys)
        self._made: dict[Hashable, Any] = {}

    def has(self, key: Hashable) -> bool:
        """Whether the value of a key is kept for who asks next."""
        return key in self._made

    def __call__(self, key: Hashable, make: Callable[[], Value]) -> Value:
        """The value of a key, made where nobody has asked before."""
        found: Value = self._made.pop(key) if key in self._made else make()
        self._asked[key] -= 1
        if self._asked[key] > 0:
            self._made[key] = found
        return found
