"""Empty tallies: what one scenario counts for others."""

from collections.abc import Iterator

import numpy as np
import pytest

from forecaster.engine import pilot, simulate
from models.arrays import Floats, Integers
from models.model import Model
from models.stress import scenario
from models.tally import ScenarioTally, bytes_of, complete

SCENARIOS = [
    scenario(name, levers, 10)
    for name, levers in (
        ("baseline", {}),
        ("one poorer", {"budget": {"BO": 0.8}}),
        ("two poorer", {"budget": {"BO": 0.8, "AL": 0.9}}),
        ("pledge", {"pledge": 1.0}),
        ("rates", {"rates": 0.02}),
        ("dearer", {"prices": 1.3}),
        ("dearer and poorer", {"prices": 1.3, "budget": {"BO": 0.8}}),
    )
]


def tallies(model: Model) -> dict[str, ScenarioTally]:
    simulation = simulate(model, SCENARIOS, 2048, 7, None, lambda *_: None)
    return dict(simulation.statistics.tallies)


def told(tally: ScenarioTally) -> Iterator[tuple[str, Floats | Integers]]:
    """All that is kept of a scenario in its places, by metric."""
    for metric in tally.kept:
        cells, m, bins = tally.where(metric) or pytest.fail(f"{metric} is not kept")
        for array in cells.arrays(m, bins=bins):
            yield metric, array


def test_what_is_counted_for_others_is_what_they_would_count(
    invented_model: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    shared = tallies(invented_model)
    monkeypatch.setattr(pilot, "moved", lambda scenario, *_: scenario.id)
    apart = tallies(invented_model)
    assert any(tally.own.elsewhere for tally in shared.values())
    assert not any(tally.own.elsewhere for tally in apart.values())
    assert all(tally.kept[name].cells is tally.own for tally in apart.values() for name in tally.kept)
    for name, tally in shared.items():
        for (metric, one), (_, other) in zip(told(tally), told(apart[name]), strict=True):
            assert np.array_equal(one, other), (name, metric)
    assert bytes_of(shared) < bytes_of(apart)


def test_a_scenario_of_one_state_counts_that_state_and_the_union(invented_model: Model) -> None:
    shared = tallies(invented_model)
    own = shared["one poorer"].own
    strain = own.metrics.index("strain")
    assert own.counted[strain].tolist() == [False, True, False, True]
    assert shared["two poorer"].own.counted[strain].tolist() == [True, False, False, True]
    both = shared["dearer and poorer"].own
    assert (
        "strain_without" not in both.metrics or not both.counted[both.metrics.index("strain_without")].any()
    )
    assert {id(cells) for cells in shared["two poorer"].own.elsewhere.values()} == {
        id(shared[name].own) for name in ("baseline", "one poorer")
    }


def test_completing_twice_is_completing_once(invented_model: Model) -> None:
    found = tallies(invented_model)
    before = {name: [array.copy() for _, array in told(tally)] for name, tally in found.items()}
    complete(found)
    for name, tally in found.items():
        assert all(
            np.array_equal(one, other) for one, (_, other) in zip(before[name], told(tally), strict=True)
        )
