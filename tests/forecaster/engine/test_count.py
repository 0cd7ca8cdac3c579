"""Where a pass is counted: each place of each scenario under the same lock, whoever counts it."""

from contextlib import AbstractContextManager
from typing import Any

import pytest

from forecaster.engine.count import count, groups
from forecaster.engine.pilot import blank
from models.cells import Cells
from models.model import Model, draws
from models.shocks import drawn
from models.stress import scenario
from models.tally import Counts

SCENARIOS = [
    scenario(name, levers, 10)
    for name, levers in (("baseline", {}), ("poorer", {"budget": 0.9}), ("dearer", {"prices": 1.3}))
]
LOCKS = 7
"""Fewer than places, so that they go round, and no divisor of their number."""


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> dict[tuple[int, object], set[int]]:
    """Locks under which each array of counts is added to, by its owner and the place."""
    found: dict[tuple[int, object], set[int]] = {}

    def noted(owner: type, name: str) -> None:
        real = getattr(owner, name)

        def counted(self: object, *given: Any) -> None:
            place = given[0] if isinstance(given[0], int) else name
            (lock,) = NOW
            found.setdefault((id(self), place), set()).add(lock)
            real(self, *given)

        monkeypatch.setattr(owner, name, counted)

    noted(Cells, "count")
    noted(Counts, "count")
    noted(Counts, "add_together")
    return found


NOW: list[int] = []
"""The lock that is held."""


class Lock(AbstractContextManager[None]):
    def __init__(self, number: int) -> None:
        self.number = number

    def __enter__(self) -> None:
        NOW.append(self.number)

    def __exit__(self, *_: object) -> None:
        NOW.remove(self.number)


def test_each_place_of_a_scenario_has_the_same_lock_in_every_pass(
    invented_model: Model, held: dict[tuple[int, object], set[int]]
) -> None:
    """Passes of other draws, which two processes would count at one time, hold one lock for one place."""
    grouped = groups(SCENARIOS)
    tallies, _ = blank(invented_model, grouped, 7)
    locks = [Lock(number) for number in range(LOCKS)]
    for blocks in (range(1), range(1, 3)):
        shocks = drawn(7, blocks.start, len(blocks))
        count(invented_model, grouped, draws(invented_model, shocks), tallies, locks)
    assert {len(numbers) for numbers in held.values()} == {1}
    assert set().union(*held.values()) == set(range(LOCKS))
    places = len(invented_model.states) + 1
    counted = sum(isinstance(place, int) for _, place in held)
    assert counted >= 2 * len(SCENARIOS) * places
