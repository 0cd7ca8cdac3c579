import pickle
from dataclasses import replace

import numpy as np
import pytest

from models.arrays import Floats
from models.breaking import (
    GROUPS,
    MEASURES,
    Breaking,
    Place,
    alone,
    breaking,
    faced,
    mean_keys,
    reached,
    strains,
)
from models.model import Model, draws
from models.shocks import DRIVERS, chosen, drawn
from models.simulation import outcome
from models.stress import scenario

SEED, YEAR, T = 7, 2028, 2
BASELINE = scenario("baseline", {}, 10)


@pytest.fixture(scope="module")
def keys(invented_model: Model) -> tuple[Floats, ...]:
    return mean_keys(invented_model, SEED)


@pytest.fixture(scope="module", params=["AL", "BO", "NO"])
def found(
    request: pytest.FixtureRequest, invented_model: Model, keys: tuple[Floats, ...]
) -> tuple[str, Breaking]:
    return request.param, breaking(invented_model, {request.param: YEAR}, keys)[request.param]


def strain_at(model: Model, code: str, keys: tuple[Floats, ...], point: Floats) -> float:
    one = alone(model, code, keys)
    return float(outcome(one, chosen(reached(one, T), point[:, np.newaxis]), BASELINE)[0].strain[T, 0])


def test_every_driver_is_in_one_group() -> None:
    assert sorted(driver for group in GROUPS.values() for driver in group.drivers) == sorted(DRIVERS)
    assert {group.measure for group in GROUPS.values()} <= set(MEASURES)


def test_keys_are_shares_of_all_states(keys: tuple[Floats, ...], invented_model: Model) -> None:
    sums = [float(lot.contract) for lot in invented_model.lots]
    assert [float(key.sum()) for key in keys] == pytest.approx(sums)
    assert 0.0 in sums


@pytest.mark.parametrize("code", ["AL", "BO", "NO"])
def test_a_state_alone_is_what_it_is_among_the_others(
    invented_model: Model, keys: tuple[Floats, ...], code: str
) -> None:
    """All states bear their mean keys: the one-state model has the same strain, bit for bit."""
    lots = tuple(
        replace(lot, minimum=0, keys=tuple(key.tolist()))
        for lot, key in zip(invented_model.lots, keys, strict=True)
    )
    index = [state.code for state in invented_model.states].index(code)
    among = outcome(replace(invented_model, lots=lots), drawn(SEED, 0, 1), BASELINE)[index]
    single = outcome(alone(invented_model, code, keys), drawn(SEED, 0, 1), BASELINE)[0]
    assert (single.strain == among.strain).all()
    assert (single.own_resources == among.own_resources).all()
    assert single.points is not None
    assert among.points is not None
    assert (single.points.debt == among.points.debt).all()


def test_only_years_up_to_the_one_asked_about_are_searched(
    invented_model: Model, keys: tuple[Floats, ...]
) -> None:
    rows = reached(alone(invented_model, "NO", keys), T)
    assert ("budget/NO", T) in rows
    assert max(row for _, row in rows) == T
    assert not any("/AL" in name or name.startswith("participation") for name, _ in rows)


def test_what_a_state_faces_at_the_median_by_hand(invented_model: Model, keys: tuple[Floats, ...]) -> None:
    """Invested is a share of the budget, times 1.2 as published, and half of EUR 100 m from SAFE."""
    given, capacity = invented_model.states[0], invented_model.capacity
    state = replace(given, scale=1.2, safe_draw=np.full(10, 100.0))
    one = alone(replace(invented_model, states=(state, *invented_model.states[1:])), state.code, keys)
    found = faced(one, chosen((), np.zeros((0, 1))), BASELINE, T).at(0)
    assert capacity.safe_new == 0.5
    assert found.share == pytest.approx(state.investment_share[T])
    legacy = float(capacity.legacy_cost(np.zeros(1))[0])
    assert found.cost == pytest.approx(1.0 + capacity.cost_phase[T] * (legacy - 1.0))
    assert 0.0 < capacity.cost_phase[T] < 1.0 != legacy
    invested = 1.2 * state.investment_share[T] * found.budget + 50.0
    assert found.due == pytest.approx(found.strain * invested)
    assert found.call != 0.0


def test_the_design_point_put_back_lands_on_the_threshold(
    invented_model: Model, keys: tuple[Floats, ...], found: tuple[str, Breaking]
) -> None:
    code, broken = found
    assert broken.found.reached
    red = invented_model.thresholds.red
    assert strain_at(invented_model, code, keys, broken.found.point) == pytest.approx(red, abs=1e-6)
    assert broken.point.strain == pytest.approx(red, abs=1e-6)


def test_the_distance_is_that_of_the_point_and_importance_adds_to_one(found: tuple[str, Breaking]) -> None:
    _, broken = found
    assert abs(broken.found.index) == pytest.approx(float(np.linalg.norm(broken.found.point)))
    assert sum(broken.importance.values()) == pytest.approx(1.0)


@pytest.mark.parametrize("kept", [slice(None), slice(None, None, -1), slice(0)], ids=["", "turned", "none"])
def test_strain_of_states_together_is_what_each_faces(
    invented_model: Model, keys: tuple[Floats, ...], kept: slice
) -> None:
    """To the last bit, at points of their own, in other years and currencies, whoever is asked for."""
    model, own = replace(invented_model, lots=invented_model.lots[kept]), keys[kept]
    places = [Place(alone(model, code, own), t) for code, t in (("NO", 2), ("BO", 5), ("AL", 1))]
    random = np.random.default_rng(3)
    points = [random.standard_normal((len(place.variables), 5 + k)) for k, place in enumerate(places)]
    together = strains(places, BASELINE, {2: points[2], 0: points[0]}) | strains(
        places, BASELINE, {1: points[1]}
    )
    for k, place in enumerate(places):
        shocks = chosen(place.variables, points[k])
        assert together[k].tobytes() == faced(place.model, shocks, BASELINE, place.t).strain.tobytes()


def test_states_searched_for_together_are_found_as_each_alone(
    invented_model: Model, keys: tuple[Floats, ...]
) -> None:
    """To the last bit, in other years and another currency too."""
    years = {"NO": YEAR, "AL": YEAR + 3, "BO": YEAR - 1}
    together = breaking(invented_model, years, keys)
    assert [*together] == [*years]
    for code, year in years.items():
        (alone_,) = breaking(invented_model, {code: year}, keys).values()
        assert pickle.dumps(together[code]) == pickle.dumps(alone_)


def test_no_random_point_nearer_breaks(
    invented_model: Model, keys: tuple[Floats, ...], found: tuple[str, Breaking]
) -> None:
    """Points a little nearer in random directions around the way to the break stay on the safe side."""
    code, broken = found
    way = broken.found.point / np.linalg.norm(broken.found.point)
    rays = way[:, np.newaxis] + 0.3 * np.random.default_rng(1).standard_normal((len(way), 500)) / np.sqrt(
        len(way)
    )
    points = 0.99 * abs(broken.found.index) * rays / np.linalg.norm(rays, axis=0)
    one = alone(invented_model, code, keys)
    strain = outcome(one, chosen(reached(one, T), points), BASELINE)[0].strain[T]
    assert (strain < invented_model.thresholds.red).all()


def test_a_driver_alone_must_go_farther_than_all_together(found: tuple[str, Breaking]) -> None:
    _, broken = found
    limits = {limit.group: limit for limit in broken.limits}
    assert list(limits) == list(GROUPS)
    assert any(limit.reached for limit in broken.limits)
    assert all(limit.distance >= broken.found.index for limit in broken.limits if limit.reached)
    assert limits["defence budget"].move < 0.0 < limits["cost growth"].move


def test_the_first_order_probability_is_near_the_frequency(
    invented_model: Model, keys: tuple[Floats, ...], found: tuple[str, Breaking]
) -> None:
    """On draws of the one-state model itself, so that nothing but curvature is between the two."""
    code, broken = found
    drawn_ = outcome(alone(invented_model, code, keys), drawn(SEED, 0, 16), BASELINE)[0]
    frequency = float((drawn_.strain[T] > invented_model.thresholds.red).mean())
    assert 1 / 1.5 < broken.found.probability / frequency < 1.5


def test_where_the_median_is_red_the_nearest_way_out_is_found(
    invented_model: Model, keys: tuple[Floats, ...]
) -> None:
    low = replace(invented_model, thresholds=replace(invented_model.thresholds, red=0.5))
    broken = breaking(low, {"NO": YEAR}, keys)["NO"]
    assert broken.median.strain > 0.5
    assert broken.found.index < 0.0
    assert broken.found.probability > 0.5
    assert broken.moves()["budget"] > 0.0


def test_moves_and_effects_by_hand(found: tuple[str, Breaking]) -> None:
    _, broken = found
    before = replace(broken.median, budget=1000.0, share=0.30, cost=1.10, call=5.0, due=250.0, gdp=1.0)
    after = replace(broken.point, budget=900.0, share=0.27, cost=1.21, call=10.0, gdp=0.99)
    told = replace(broken, median=before, point=after)
    assert told.moves() == pytest.approx(
        {"budget": -0.1, "gdp": -0.01, "share": -0.03, "cost": 0.1, "call": 5.0}
    )
    effects = {"budget": -np.log(0.9), "share": -np.log(0.9), "cost": np.log(1.1), "call": 0.02}
    assert told.effects() == pytest.approx(effects)


def test_draws_behind_strain_are_those_of_a_simulation(
    invented_model: Model, keys: tuple[Floats, ...]
) -> None:
    """The search leaves public accounts aside; what it reads is a part of what a simulation reads."""
    asked: set[str] = set()

    def recorded(name: str, rows: int) -> Floats:
        asked.add(name)
        return np.zeros((rows, 1))

    one = alone(invented_model, "NO", keys)
    draws(one, recorded)
    assert {name for name, _ in reached(one, T)} <= asked
