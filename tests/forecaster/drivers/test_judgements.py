"""P(red) under other judgements: against whole runs of the changed case, and what removes the range."""

from dataclasses import replace

import numpy as np
import pytest
from invented.union import assuming, with_figures, with_lines

from forecaster import assembly
from forecaster.case.settings import settled
from forecaster.drivers.judgements import JUDGEMENTS, NEW, PATHS, SIGNED, comparisons, judged, rival
from forecaster.machine.errands import results
from forecaster.machine.processes import helped
from forecaster.pipeline import run as simulated
from forecaster.run import Run
from models.arrays import UNION

YEARS = range(2026, 2036)
COMMITTED = (0.85, 0.78, 0.7, 0.62, 0.55)


@pytest.fixture(scope="module")
def run(invented_union) -> Run:
    return simulated(settled(invented_union, scenarios=["baseline"], paths=2048), workers=1)


def red(case) -> dict[str, np.ndarray]:
    """P(red) by year of a run of another case, by place."""
    found = simulated(settled(case, scenarios=["baseline"], paths=2048), workers=1)
    places = (*found.states, UNION)
    return {place: found.statistics.probability("red", found.baseline, place) for place in places}


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("no pass-through", {"capacity.pass_above": 0.0, "capacity.pass_below": 0.0}),
        ("pass-through 0.5", {"capacity.pass_above": 0.5, "capacity.pass_below": 0.5}),
        ("other forecasts", {"budgets.method": "random_walk"}),
    ],
)
def test_a_judgement_is_a_run_that_decides_otherwise(invented_union, run, name, values):
    found, number = run.judgements, tuple(JUDGEMENTS).index(name)
    other = red(assuming(invented_union, values))
    for i, place in enumerate(found.places):
        assert found.red_if[number, i].tolist() == other[place].tolist()


@pytest.mark.parametrize(("name", "share"), NEW.items())
def test_ends_of_what_is_new_are_runs_of_such_lines(invented_union, run, name, share):
    lines = {line.id: {"new": share} for line in invented_union.programme.lines}
    other, found = red(with_lines(invented_union, lines)), run.judgements
    for code in found.places:
        end = found.red_new[tuple(NEW).index(name), found.places.index(code)]
        assert end.tolist() == other[code].tolist()
        assert (
            found.changes_by_new(code)[tuple(NEW).index(name)].tolist()
            == (end - found.red[found.places.index(code)]).tolist()
        )
    assert (found.red_new != found.red).any()


def test_more_and_less_is_committed_in_every_year(invented_union, run):
    """0.05 on each year's share: as listed, and on the floor that holds after the step down."""
    found, first = run.judgements, slice(0, 5)
    more = assuming(invented_union, {"capacity.committed": tuple(c + 0.05 for c in COMMITTED)})
    less = assuming(invented_union, {"capacity.committed": tuple(c - 0.05 for c in COMMITTED)})
    i = found.places.index("NO")
    assert found.red_if[0, i, first].tolist() == red(more)["NO"][first].tolist()
    assert found.red_if[1, i, first].tolist() == red(less)["NO"][first].tolist()
    assert (found.red_if[0] >= found.red).all()
    assert (found.red_if[1] <= found.red).all()
    assert (found.red_if[0] > found.red).any()


def test_a_share_that_is_committed_stays_a_share(run):
    """0.98 and 0.02, each 0.05 more and less."""
    capacity = replace(run.model.capacity, committed=np.array([0.98, 0.5, 0.02]))
    model = replace(run.model, capacity=capacity)
    more, less = (JUDGEMENTS[name].model(run.case, model).capacity.committed for name in SIGNED)
    assert more.tolist() == pytest.approx([1.0, 0.55, 0.07])
    assert less.tolist() == pytest.approx([0.93, 0.45, 0.0])


def test_what_stands_is_what_the_run_counted(run):
    found = run.judgements
    for i, place in enumerate(found.places):
        assert found.red[i].tolist() == run.statistics.probability("red", run.baseline, place).tolist()
    assert found.paths == 2048


def test_the_range_holds_the_probability_and_stays_a_probability(run):
    found = run.judgements
    for place in found.places:
        for start in (0.0, 0.5, 1.0):
            stands = np.full(len(run.years), start)
            low, high = found.lowest(place, stands), found.highest(place, stands)
            assert ((low >= 0.0) & (low <= stands) & (stands <= high) & (high <= 1.0)).all()


def test_a_range_ends_where_the_farthest_judgement_takes_it(run):
    """By hand, over four years: one judgement either way, both up, both down, one past each end.

    As it stands 0.5 on the paths compared; the whole run found other probabilities.
    """
    red = np.full((1, 4), 0.5)
    red_if = np.array([[[0.4, 0.55, 0.3, 0.9]], [[0.7, 0.6, 0.45, 0.1]]])
    found = replace(run.judgements, places=("AL",), red=red, red_if=red_if)
    stands = np.array([0.2, 0.2, 0.25, 0.7])
    assert found.lowest("AL", stands).tolist() == pytest.approx([0.1, 0.2, 0.05, 0.3])
    assert found.highest("AL", stands).tolist() == pytest.approx([0.4, 0.3, 0.25, 1.0])
    assert found.lowest("AL", np.full(4, 0.05)).tolist() == pytest.approx([0.0, 0.05, 0.0, 0.0])


def test_a_ministrys_own_contracts_remove_the_range_over_contracts(invented_union):
    amounts = {("NO", year): 900.0 for year in YEARS}
    found = simulated(
        settled(with_figures(invented_union, "commitments", amounts), scenarios=["baseline"], paths=1024),
        workers=1,
    ).judgements
    i = found.places.index("NO")
    of_contracts = [k for k, name in enumerate(found.names) if name != "other forecasts"]
    assert (found.red_if[of_contracts, i] == found.red[i]).all()
    assert found.own[i].all()
    assert not found.own[found.places.index("AL")].any()
    assert not found.own[found.places.index(UNION)].any()


def test_any_number_of_processes_counts_the_same(invented_union, invented_model):
    baseline = assembly.scenarios(invented_union, (), 10)[0]
    errands = comparisons(invented_union, invented_model, baseline, 4096, 7)
    one = results(errands, None)
    with helped(2, 2**20) as helpers:
        two = results(errands, helpers)
    assert [a.tolist() for a in one] == [b.tolist() for b in two]
    whole = judged(invented_model, one, 4096)
    assert whole.red.shape == (4, 10)


def test_long_runs_are_compared_on_their_first_paths(invented_union, invented_model):
    baseline = assembly.scenarios(invented_union, (), 10)[0]
    errands = comparisons(invented_union, invented_model, baseline, 4 * PATHS, 7)
    assert [block for errand in errands for block in errand.blocks] == list(range(PATHS // 1024))


def test_blocks_compared_at_once_count_as_each_alone(invented_union, invented_model):
    baseline = assembly.scenarios(invented_union, (), 10)[0]
    two, last = comparisons(invented_union, invented_model, baseline, 3072, 7)
    assert (two.blocks, last.blocks) == (range(2), range(2, 3))
    alone = [replace(two, blocks=range(block, block + 1))() for block in two.blocks]
    assert (two() == sum(alone)).all()


def test_the_rival_is_the_other_of_the_two_best(invented_union):
    assert rival(invented_union) == "random_walk"
    assert rival(assuming(invented_union, {"budgets.method": "random_walk"})) == "pooled"
    assert rival(assuming(invented_union, {"budgets.method": "theta"})) == "pooled"
