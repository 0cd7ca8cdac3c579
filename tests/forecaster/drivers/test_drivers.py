"""What drives a run: where it looks, that no process leaves a trace, what it says about known cases."""

from dataclasses import fields, replace
from itertools import islice

import numpy as np
import pytest
from invented.union import assuming

from forecaster import assembly, drivers
from forecaster.case.settings import settled
from forecaster.drivers import UNION_FIGURES, Division, Effect, families, insight, looked_at
from forecaster.drivers.judgements import Comparison
from forecaster.drivers.trials import BLOCKS, Ends, tried
from forecaster.machine.processes import helped
from forecaster.pipeline import run as simulated
from forecaster.report.tornado import ASSUMPTION, DRIVER, named, state_swings, union_swings
from forecaster.run import Run
from models.arrays import UNION
from models.sensitivity import (
    FAMILIES,
    Focus,
    Shares,
    Span,
    Swings,
    figures,
    ranked,
    scores,
    shares,
    swings,
)
from models.shocks import BLOCK, DRIVERS, drawn
from models.variants import drivers_read, mixed, sample


@pytest.fixture(scope="module")
def run(invented_union) -> Run:
    return simulated(settled(invented_union, scenarios=["baseline"], paths=4096, drivers=True), workers=1)


def baseline(run: Run):
    return assembly.scenarios(run.case, (run.baseline,), len(run.years))[0]


def test_it_looks_at_the_worst_years(run):
    focus = looked_at(run.model, baseline(run), run.statistics)
    assert focus == run.drivers.focus
    for code, t in zip(run.drivers.places, focus.worst, strict=False):
        red = run.statistics.probability("red", run.baseline, code)
        assert red[t] == red.max()
    assert focus.gap == run.statistics.mean("gap", run.baseline, UNION).argmax()


def test_a_run_can_leave_them_out(run):
    found = simulated(settled(run.case, scenarios=["baseline"], paths=2048, drivers=False), workers=1)
    assert found.drivers is None
    assert found.judgements.paths == 2048


@pytest.fixture
def few_trials(monkeypatch):
    """Eight assumptions instead of all: a trial is a trial."""
    monkeypatch.setattr(drivers, "tried", lambda case: islice(tried(case), 8))


def insight_of(run, workers):
    with helped(workers, 2**20) as helpers:
        judged, driven = insight(run.case, run.model, run.forecast, baseline(run), run.statistics, helpers)
    return judged, driven()


class Seen:
    """What a run counted of two states and the union, in three years."""

    def __init__(self) -> None:
        self.red = {"AL": np.array([0.1, 0.4, 0.2]), "BO": np.zeros(3)}
        self.means = {
            ("strain", "AL"): np.array([0.9, 0.8, 0.7]),
            ("strain", "BO"): np.array([0.5, 0.4, 0.6]),
            ("gap", UNION): np.array([2.0, 1.0, 0.0]),
        }
        self.at_once = {"amber": np.array([2.0, 1.5, 1.0]), "red": np.array([0.1, 0.2, 0.3])}

    def probability(self, event, _, place):
        return {"red": self.red[place]}[event]

    def mean(self, metric, _, place):
        return self.means[metric, place]

    def mean_at_once(self, event, _):
        return self.at_once[event]


def test_a_state_that_is_never_red_is_looked_at_where_its_mean_strain_is_highest(run):
    model = replace(run.model, states=run.model.states[:2])
    assert looked_at(model, baseline(run), Seen()) == Focus(worst=(1, 2), gap=0, red=2)


def test_an_effect_goes_from_the_lower_end_to_the_upper_and_its_size_is_the_same_either_way():
    """By hand: 0.3 more in one of three states, 0.4 less in another."""
    red = np.array([[0.1, 0.5, 0.2], [0.4, 0.1, 0.2], [0.2, 0.3, 0.2]])
    effect = Effect(Ends("cost.growth_median", 1.0, 1.2), red, np.zeros((3, 3)))
    assert effect.change.tolist() == pytest.approx([0.3, -0.4, 0.0])
    assert effect.size == pytest.approx(0.7 / 3.0)
    refused = replace(effect, red=np.array([red[0], np.full(3, np.nan), red[2]]))
    assert refused.size == 0.0


def test_effects_are_of_the_probability_of_red_and_of_the_unions_figures(run):
    """As it stands, on the paths of the trials."""
    model, number = run.model, len(run.model.states)
    found = sample(model, drawn(run.settings.seed, 0, BLOCKS), baseline(run))
    means = figures(found, run.drivers.focus).mean(axis=1)
    for effect in run.drivers.effects:
        assert effect.red[2] == pytest.approx(means[number : 2 * number], rel=1e-9)
        assert effect.union[2] == pytest.approx(means[2 * number :], rel=1e-9)


def test_shares_are_those_of_two_sets_of_paths_and_their_mixtures(run):
    """Block by block as at one go: families in turn on the paths of the run, the rest on another replica."""
    seed, found = run.settings.seed, run.drivers
    ours, rest = (drawn(seed, 0, run.statistics.paths // BLOCK, replica) for replica in (0, 1))
    whole, before = (sample(run.model, shocks, baseline(run)) for shocks in (ours, rest))
    asked, _ = drivers_read(run.model)
    mixtures = [
        figures(mixed(before, ours, frozenset(FAMILIES[name]), asked), found.focus) for name in found.families
    ]
    expected = shares(figures(whole, found.focus), figures(before, found.focus), np.array(mixtures))
    for field in fields(Shares):
        assert np.array_equal(
            getattr(found.shares, field.name), getattr(expected, field.name), equal_nan=True
        )


def test_a_swing_is_with_what_a_driver_was_up_to_the_year_looked_at(run):
    """Each figure has its years: of a state's worst, of all, of the largest gap, of most states in red."""
    focus, number = Focus(worst=(1, 2, 3), gap=4, red=6), len(run.model.states)
    shocks, (_, streams) = drawn(run.settings.seed, 0, 1), drivers_read(run.model)
    values = figures(sample(run.model, shocks, baseline(run)), focus)
    found = drivers._swings(run.model, shocks, drivers._looked(run.model, focus, values))
    state, union = [(2, 4), (number + 2, 4)], zip(range(2 * number, 2 * number + 3), (10, 5, 7), strict=True)
    for place, looked in (("NO", state), (UNION, list(union))):
        for driver in ("budget", "growth.common", "legacy_cost", "slip"):
            about = DRIVERS[driver]
            own = place if place != UNION and "state" in about.over else None
            for k, (row, years) in enumerate(looked):
                span = Span(years if about.yearly else 1, own)
                score = scores(shocks, streams, driver, {span})[span]
                expected = swings(ranked(values[[row]]), ranked(score[np.newaxis]))
                for field in fields(Swings):
                    one = getattr(found[place, driver], field.name)[k]
                    assert one == pytest.approx(getattr(expected, field.name)[0], rel=1e-9), field.name


@pytest.mark.usefixtures("few_trials")
def test_any_number_of_processes_finds_the_same(run):
    one, two = (insight_of(run, workers) for workers in (1, 2))
    assert repr(one[0]) == repr(two[0])
    for field in fields(Shares):
        assert np.array_equal(
            getattr(one[1].shares, field.name), getattr(two[1].shares, field.name), equal_nan=True
        )
    assert [effect.ends for effect in one[1].effects] == [effect.ends for effect in two[1].effects]
    assert all(
        np.array_equal(a.red, b.red, equal_nan=True)
        for a, b in zip(one[1].effects, two[1].effects, strict=True)
    )
    for key, swing in one[1].swings.items():
        for field in fields(Swings):
            assert np.array_equal(getattr(swing, field.name), getattr(two[1].swings[key], field.name))


@pytest.mark.usefixtures("few_trials")
def test_long_runs_are_divided_on_their_first_paths(run, monkeypatch):
    monkeypatch.setattr(drivers, "PATHS", 2048)
    judged, found = insight_of(run, 1)
    assert (judged.paths, found.paths) == (4096, 2048)
    assert repr(judged) == repr(run.judgements)


def test_a_family_is_there_where_the_model_reads_a_driver_of_it():
    """A stream of which no row is asked is not read."""
    assert families({"budget/AL": 5, "price/drones": 0}) == ("defence budgets",)


def test_every_driver_that_a_state_has_is_looked_at(run):
    """A currency only where the state has one of its own; the union has all drivers."""
    for code in run.drivers.places:
        found = {driver for place, driver in run.drivers.swings if place == code}
        own = code == UNION or run.model.states[run.drivers.places.index(code)].currency_sd > 0.0
        assert found == set(DRIVERS) - (set() if own else {"currency"})


def test_a_larger_budget_makes_red_less_likely(run):
    """And dearer contracts make it more likely: signs known beforehand, in every state."""
    for code in run.states:
        budget, cost = (run.drivers.swings[code, driver] for driver in ("budget", "legacy_cost"))
        assert budget.low[0] > budget.mean[0] > budget.high[0]
        assert cost.low[0] < cost.mean[0] < cost.high[0]
        assert budget.correlation[0] < 0.0 < cost.correlation[0]


def test_red_is_counted_as_the_run_counts_it(run):
    """On the paths of a whole short run."""
    for code in run.states:
        mean = run.drivers.swings[code, "budget"].mean[1]
        assert mean == pytest.approx(run.statistics.any_year("red", run.baseline, code), abs=1e-12)
    union = run.drivers.swings[UNION, "usd"].mean
    assert union[0] == pytest.approx(run.statistics.mean("net_call", run.baseline, UNION).sum(), rel=1e-6)
    gap = run.statistics.mean("gap", run.baseline, UNION)[run.drivers.focus.gap]
    assert union[1] == pytest.approx(gap, rel=1e-4)


def test_the_strongest_stand_first(run):
    for figure in UNION_FIGURES:
        sizes = [swing.size for swing in union_swings(run.drivers, figure)]
        assert sizes == sorted(sizes, reverse=True)
    kinds = {swing.kind for swing in state_swings(run.drivers, "NO")}
    assert kinds == {DRIVER, ASSUMPTION}
    effects = [effect.size for effect in run.drivers.effects]
    assert effects == sorted(effects, reverse=True)


def test_drivers_have_words():
    assert named("budget", "NO") == "its own defence budget"
    assert named("budget", UNION) == "each state's own defence budget, summed over states"
    assert named("currency", "NO") == "its own currency against the euro"
    assert named("slip", UNION) == "delay after contract, all contracts"
    assert named("cost.common", UNION) == "cost growth of all contracts together"


def test_what_is_certain_takes_no_part(run):
    """Without any spread of the investment share, its family has no part in any variance."""
    certain = assembly.model(assuming(run.case, {"capacity.share_sd": 0.0}), run.forecast)
    compared = Comparison((certain,), baseline(run), run.settings.seed, range(1))
    _, parts = Division(compared, run.drivers.focus)()
    _, streams = drivers_read(certain)
    family = families(streams).index("investment share")
    total = shares(*parts).total
    assert np.nan_to_num(total[family]).tolist() == [0.0] * total.shape[1]
    assert np.nan_to_num(total).sum() > 0.0
