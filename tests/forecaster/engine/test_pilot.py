"""Empty tallies: what one scenario counts for others."""

import pickle
from collections.abc import Iterator, Sequence

import numpy as np
import pytest

from forecaster.engine import pilot, simulate
from forecaster.machine.processes import Helpers, helped
from models.arrays import Floats, Integers
from models.model import Model
from models.statistics import Statistics
from models.stress import Scenario, scenario
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
    return dict(simulated(model, SCENARIOS).tallies)


def simulated(model: Model, scenarios: Sequence[Scenario], helpers: Helpers | None = None) -> Statistics:
    return simulate(model, scenarios, 2048, 7, helpers, lambda *_: None).statistics


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
    monkeypatch.setattr(pilot, "moved_in", lambda scenario, *_: scenario.id)
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
    assert [(strain, place) in own.elsewhere for place in range(4)] == [True, False, True, False]
    more = shared["two poorer"].own.elsewhere
    assert [(strain, place) in more for place in range(4)] == [False, True, True, False]
    both = shared["dearer and poorer"].own
    assert "strain_without" not in both.metrics
    assert {id(cells) for cells in shared["two poorer"].own.elsewhere.values()} == {
        id(shared[name].own) for name in ("baseline", "one poorer")
    }


def test_what_is_kept_is_free_of_the_order_of_scenarios(invented_model: Model) -> None:
    """Who comes first counts for the others; what is told of all is the same."""
    others = [
        scenario(name, levers, 10)
        for name, levers in (
            ("poorer", {"budget": 0.9}),
            ("one less so", {"budget": {"others": 0.9, "AL": 0.95}}),
            ("poorer and dearer to keep", {"budget": 0.9, "sustainment": 1.3}),
        )
    ]
    orders = (others, others[::-1], [others[1], others[0], others[2]])
    found = [simulated(invented_model, [SCENARIOS[0], *order]) for order in orders]
    assert len({bytes_of(one.tallies) for one in found}) == 1
    for name in found[0].tallies:
        first, *rest = ([array for _, array in told(one.tallies[name])] for one in found)
        assert all(np.array_equal(a, b) for other in rest for a, b in zip(first, other, strict=True))


@pytest.mark.slow
def test_what_is_counted_for_others_reaches_helper_processes(invented_model: Model) -> None:
    alone = simulated(invented_model, SCENARIOS)
    with helped(2, 16_384) as helpers:
        assert simulated(invented_model, SCENARIOS, helpers).digest() == alone.digest()


def test_tallies_travel_with_what_they_have_in_common(invented_model: Model) -> None:
    found = tallies(invented_model)
    again = pickle.loads(pickle.dumps(found))
    for name, tally in found.items():
        assert again[name].own.elsewhere.keys() == tally.own.elsewhere.keys()
        for place, other in tally.own.elsewhere.items():
            whose = next(key for key, value in found.items() if value.own is other)
            assert again[name].own.elsewhere[place] is again[whose].own


def test_completing_twice_is_completing_once(invented_model: Model) -> None:
    found = tallies(invented_model)
    before = {name: [array.copy() for _, array in told(tally)] for name, tally in found.items()}
    complete(found)
    for name, tally in found.items():
        assert all(
            np.array_equal(one, other) for one, (_, other) in zip(before[name], told(tally), strict=True)
        )
