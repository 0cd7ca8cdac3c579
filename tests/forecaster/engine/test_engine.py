import multiprocessing
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from forecaster import assembly, engine
from forecaster.case import Case
from forecaster.engine import Simulation, simulate
from forecaster.engine.pilot import PILOT_BLOCKS
from forecaster.machine import processes
from forecaster.machine.processes import WorkerError, helped
from models.arrays import LEVELS, UNION, Floats
from models.lots import Lot
from models.metrics import EVENTS, METRICS
from models.model import Model, draws
from models.programme import identity_error, programme
from models.shocks import BLOCK, drawn
from models.simulation import outcome, outcomes
from models.statistics import Statistics
from models.strain import Outcome
from models.stress import Scenario, scenario
from models.tally import ScenarioTally, results

PATHS = 8 * BLOCK
MANY = 2**20
"""Paths of a run that is worth any number of helpers."""

SCENARIOS = tuple(
    scenario(name, levers, 10)
    for name, levers in (
        ("baseline", {}),
        ("recession", {"budget": [1.0, 0.95], "investment_share": -0.02}),
        ("shock", {"prices": 1.3, "slip": 1.5, "leaves": ["AL"]}),
    )
)


def simulated(
    model: Model,
    scenarios: tuple[Scenario, ...] = SCENARIOS,
    paths: int = PATHS,
    seed: int = 7,
    workers: int = 1,
) -> Simulation:
    with helped(workers, MANY) as helpers:
        return simulate(model, scenarios, paths, seed, helpers, lambda *_: None)


@pytest.fixture(scope="module")
def statistics(invented_model: Model) -> Statistics:
    return simulated(invented_model).statistics


@pytest.mark.parametrize(("workers", "blocks"), [(1, 2), (1, 3), (1, 4), (2, 1), (4, 2)])
def test_the_same_digest_however_blocks_are_run(
    invented_model: Model,
    statistics: Statistics,
    monkeypatch: pytest.MonkeyPatch,
    workers: int,
    blocks: int,
) -> None:
    monkeypatch.setattr(engine, "PASS_BLOCKS_ALONE" if workers == 1 else "PASS_BLOCKS", blocks)
    assert simulated(invented_model, workers=workers).statistics.digest() == statistics.digest()


def test_the_same_digest_with_helper_processes(invented_model: Model, statistics: Statistics) -> None:
    assert simulated(invented_model, workers=3).statistics.digest() == statistics.digest()


def test_a_helper_that_dies_is_told(invented_model: Model, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "_help", _dying)

    def until_it_is_dead(*_: object) -> None:
        for process in multiprocessing.active_children():
            process.join()

    with pytest.raises(WorkerError, match="exit status 3"), helped(2, MANY) as helpers:
        simulate(invented_model, SCENARIOS, PATHS, 7, helpers, until_it_is_dead)
    assert not multiprocessing.active_children()


def _dying(*_: object) -> None:
    sys.exit(3)


def test_another_seed_gives_another_digest(invented_model: Model, statistics: Statistics) -> None:
    assert simulated(invented_model, seed=8).statistics.digest() != statistics.digest()


def same(one: ScenarioTally, other: ScenarioTally) -> bool:
    pair = (list(results({"s": tally})) for tally in (one, other))
    return all((a == b).all() for a, b in zip(*pair, strict=True))


@pytest.mark.parametrize("place", [1, 2, 3])
def test_a_new_scenario_leaves_every_earlier_number(
    invented_model: Model, statistics: Statistics, place: int
) -> None:
    """Whether it moves the programme or shares that of others, and wherever it stands."""
    for levers in ({"growth": -0.01}, {"cost_growth": 1.2}):
        added = (*SCENARIOS[:place], scenario("added", levers, 10), *SCENARIOS[place:])
        found = simulated(invented_model, added).statistics
        assert all(same(found.tallies[s.id], statistics.tallies[s.id]) for s in SCENARIOS)


def test_fewer_scenarios_leave_the_rest(invented_model: Model, statistics: Statistics) -> None:
    found = simulated(invented_model, SCENARIOS[:2]).statistics
    assert all(same(found.tallies[s.id], statistics.tallies[s.id]) for s in SCENARIOS[:2])


def test_more_paths_begin_with_the_same(invented_model: Model, statistics: Statistics) -> None:
    """A cell's grid depends on the pilot alone, so counts of more paths are nowhere smaller."""
    more = simulated(invented_model, paths=2 * PATHS).statistics
    for name in ("strain", "gap", "net_call"):
        tallies = (s.tallies["baseline"] for s in (statistics, more))
        one, other = (tally.own.histograms for tally in tallies)
        m = statistics.tallies["baseline"].own.metrics.index(name)
        assert (one.grid.center[m] == other.grid.center[m]).all()
        assert (other.counts[m] >= one.counts[m]).all()


@pytest.fixture(scope="module")
def exact(invented_model: Model) -> dict[str, list[Outcome]]:
    """Outcomes of all paths of two scenarios, by place."""
    drawn_ = draws(invented_model, drawn(7, 0, PATHS // BLOCK))
    found = {}
    for stress in (SCENARIOS[0], SCENARIOS[2]):
        union = programme(invented_model, drawn_, stress, in_layers=True)
        found[stress.id] = list(outcomes(invented_model, drawn_, stress, union))
    return found


def places(model: Model) -> tuple[str, ...]:
    return (*(state.code for state in model.states), UNION)


@pytest.mark.parametrize("name", ["baseline", "shock"])
def test_probabilities_are_counts_of_paths(
    invented_model: Model, statistics: Statistics, exact: dict[str, list[Outcome]], name: str
) -> None:
    for place, one in zip(places(invented_model), exact[name], strict=True):
        for event, about in EVENTS.items():
            occurs = about.of(one, invented_model.thresholds)
            assert (statistics.probability(event, name, place) == occurs.mean(axis=1)).all()
            assert statistics.any_year(event, name, place) == occurs.any(axis=0).mean()
    red = sum((one.strain > 1.0).astype(int) for one in exact[name][:-1])
    expected = np.array([(red == n).mean(axis=1) for n in range(len(invented_model.states) + 1)]).T
    assert (statistics.at_once("red", name) == expected).all()


def test_means_are_those_of_the_paths(
    invented_model: Model, statistics: Statistics, exact: dict[str, list[Outcome]]
) -> None:
    for place, one in zip(places(invented_model), exact["baseline"], strict=True):
        for name, metric in METRICS.items():
            expected = metric.of(one).mean(axis=1)
            step = 5e-4 if metric.unit == "EUR million" else 5e-10
            found = statistics.mean(name, "baseline", place)
            assert np.abs(found - expected).max() <= step + 1e-12 * np.abs(expected).max()


def sampling_error(ordered: Floats, level: float) -> Floats:
    """Half the distance between the order statistics one standard error of the rank apart."""
    paths = ordered.shape[1]
    spread = np.sqrt(level * (1.0 - level) * paths)
    low, high = int(level * paths - spread), int(level * paths + spread)
    return np.asarray((ordered[:, high] - ordered[:, low]) / 2.0)


def test_percentiles_are_within_their_sampling_error(
    invented_model: Model, statistics: Statistics, exact: dict[str, list[Outcome]]
) -> None:
    """Or within EUR 10,000 beside zero and five per cent elsewhere, where many paths have one value."""
    errors = []
    for place, one in zip(places(invented_model), exact["baseline"], strict=True):
        for name, metric in METRICS.items():
            ordered = np.sort(metric.of(one), axis=1)
            found = statistics.percentiles(name, "baseline", place)
            slack = 0.01 if metric.unit == "EUR million" else 1e-5
            for k, level in enumerate(LEVELS):
                sharp = ordered[:, int(np.ceil(level * PATHS)) - 1]
                error = np.maximum(np.abs(found[:, k] - sharp) - slack, 0.0)
                sampled = sampling_error(ordered, level)
                errors.append(error / np.where(sampled > 0.0, sampled, 0.05 * np.abs(sharp) + 1e-12))
    assert np.max(errors) < 1.0
    assert np.sqrt(np.mean(np.square(errors))) < 0.12


def test_scenarios_keep_what_their_rank_says(statistics: Statistics) -> None:
    for name, metric in METRICS.items():
        assert statistics.has(name, "baseline")
        assert statistics.has(name, "shock") is (metric.kept == "distribution")
        if metric.kept == "baseline":
            with pytest.raises(KeyError):
                statistics.mean(name, "shock", "AL")


def test_the_identity_of_payers_is_measured(invented_model: Model) -> None:
    assert simulated(invented_model, paths=BLOCK).identity_error < 1e-9


def unborne(lot: Lot, cost: Floats, paid: Floats) -> float:
    """Largest part of a cost in any draw that neither states nor the EU bear."""
    states = lot.state_share * cost - (paid if lot.grant_to == "states" else 0.0)
    return float((np.abs(cost - states - paid) / np.maximum(np.abs(cost), 1.0)).max())


def test_a_contract_that_is_not_paid_in_full_is_found(invented_model: Model) -> None:
    """Nobody bears the rest of the contracts: the most that is missing, in any scenario, within or beyond."""
    lots = tuple(replace(lot, rest="nobody") for lot in invented_model.lots)
    model = replace(invented_model, lots=lots)
    first = draws(model, drawn(7, 0, PILOT_BLOCKS))
    missing = []
    for stress in SCENARIOS:
        union = programme(model, first, stress, in_layers=False)
        ours = [(one.lot, one.outlay) for one in union.purchases if one.lot.contract]
        within = max(unborne(lot, one.actual, one.paid) for lot, one in ours)
        beyond = max(unborne(lot, one.actual_beyond, one.paid_beyond) for lot, one in ours)
        missing.append(max(within, beyond))
        none = np.zeros_like(union.calls.paid)
        later = tuple(
            replace(one, outlay=replace(one.outlay, actual=none, paid=none)) for one in union.purchases
        )
        assert identity_error(union) == pytest.approx(missing[-1], rel=1e-9)
        assert identity_error(replace(union, purchases=later)) == pytest.approx(beyond, rel=1e-9)
    assert min(missing) > 0.0
    assert simulated(model, paths=BLOCK).identity_error == pytest.approx(max(missing), rel=1e-9)


def test_progress_ends_with_all_paths(invented_model: Model) -> None:
    told: list[tuple[int, int, float]] = []
    found = simulate(invented_model, SCENARIOS, 3 * BLOCK, 7, None, lambda *now: told.append(now)).statistics
    assert told[-1][:2] == (3 * BLOCK, 3 * BLOCK)
    assert told[-1][2] == pytest.approx(found.worst_half_width("red", "baseline"), rel=1e-8)
    assert [done for done, _, _ in told] == sorted(done for done, _, _ in told)


@pytest.mark.parametrize("workers", [1, 2])
def test_what_cannot_be_added_up_is_refused(invented_model: Model, workers: int) -> None:
    rich = replace(
        invented_model,
        states=tuple(replace(state, median=1e15 * state.median) for state in invented_model.states),
    )
    with pytest.raises(OverflowError, match="too large to add up exactly"):
        simulated(rich, workers=workers)
    assert not multiprocessing.active_children()


def test_five_more_years_leave_earlier_ones(invented_union: Case, invented_model: Model) -> None:
    """Of every quantity in every place, in a scenario too; what has no earlier years has no fiscal lens."""
    later = assembly.model(invented_union, assembly.budget_forecast(invented_union, range(2026, 2041)))
    for levers in ({}, {"prices": 1.3, "budget": [1.0, 0.9], "slip": 1.5}):
        short = outcome(invented_model, drawn(7, 0, 1), scenario("any", levers, 10))
        long = outcome(later, drawn(7, 0, 1), scenario("any", levers, 15))
        for one, other in zip(short, long, strict=True):
            for name, metric in METRICS.items():
                assert (metric.of(one) == metric.of(other)[:10]).all(), name


def test_another_state_leaves_the_others(invented_model: Model) -> None:
    """What it has and owes itself; shares of joint contracts and of the union's budget are another matter."""
    kept = replace(
        invented_model,
        states=invented_model.states[:2],
        lots=tuple(replace(lot, keys=lot.keys and lot.keys[:2]) for lot in invented_model.lots),
        participation=replace(
            invented_model.participation,
            states=invented_model.participation.states[:2],
            investment=invented_model.participation.investment[:2],
            chance=invented_model.participation.chance[:2],
            joins=invented_model.participation.joins[:2],
        ),
    )
    assert len(invented_model.states) == 3
    with_it = outcome(invented_model, drawn(7, 0, 1), SCENARIOS[0])
    without = outcome(kept, drawn(7, 0, 1), SCENARIOS[0])
    for one, other in zip(without[:2], with_it[:2], strict=True):
        for name in ("budget", "investment", "committed", "gap_without", "safe_service"):
            assert (METRICS[name].of(one) == METRICS[name].of(other)).all(), name


IN_A_PROCESS = """
import sys
from pathlib import Path
sys.path[:0] = sys.argv[1:3]
from invented.union import invented
from forecaster import pipeline
from forecaster.case.settings import settled
case = settled(invented(Path(sys.argv[3])), paths=32768)
run = pipeline.run(case, workers=int(sys.argv[4]))
print(run.run_id, *run.hashes.values())
"""


def test_two_processes_find_the_same_bits(root: Path, tmp_path: Path) -> None:
    """Whatever the hash seed, the time zone and the number of workers."""
    found = set()
    for hash_seed, zone, workers in (("0", "UTC", "1"), ("4711", "Pacific/Auckland", "3")):
        arguments = [str(root), str(root / "tests"), str(tmp_path / hash_seed), workers]
        run = subprocess.run(
            [sys.executable, "-W", "error", "-c", IN_A_PROCESS, *arguments],
            capture_output=True,
            text=True,
            check=True,
            env={"PYTHONHASHSEED": hash_seed, "TZ": zone, "PATH": "", "SYSTEMROOT": "C:\\Windows"},
        )
        found.add(run.stdout)
    assert len(found) == 1
