"""What levers reach in a place: where scenarios are said to agree, they do, bit for bit."""

from collections.abc import Mapping, Sequence
from dataclasses import fields, replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.metrics import METRICS
from models.model import Draws, Model, draws
from models.programme import programme
from models.reach import Shared, moved_in
from models.shocks import drawn
from models.simulation import outcomes, standings, wanted
from models.strain import Outcome, Standing
from models.stress import LEVERS, LOANS, PLEDGE, STANDING, Scenario, limits, scenario

YEARS = 10
BY_STATE = [name for name, lever in LEVERS.items() if lever.by_state]


@pytest.fixture(scope="module")
def drawn_once(invented_model: Model) -> Draws:
    return draws(invented_model, drawn(5, 0, 1))


def found(model: Model, drawn_once: Draws, one: Scenario) -> list[Outcome]:
    return list(outcomes(model, drawn_once, one, programme(model, drawn_once, one, in_layers=False)))


def agreeing(model: Model, one: Scenario, other: Scenario) -> set[tuple[str, int]]:
    """Metrics and places in which two scenarios are said to agree."""
    places = [*((state,) for state in model.states), model.states]
    return {
        (name, place)
        for name, metric in METRICS.items()
        if metric.kept != "baseline"
        for place, states in enumerate(places)
        if moved_in(one, metric.moved_by, states) == moved_in(other, metric.moved_by, states)
    }


def same(model: Model, drawn_once: Draws, one: Scenario, other: Scenario) -> set[tuple[str, int]]:
    """Metrics and places in which two scenarios are the same on some draws."""
    pairs = zip(found(model, drawn_once, one), found(model, drawn_once, other), strict=True)
    return {
        (name, place)
        for place, (a, b) in enumerate(pairs)
        for name, metric in METRICS.items()
        if metric.kept != "baseline" and (metric.of(a) == metric.of(b)).all()
    }


def values(name: str) -> st.SearchStrategy[object]:
    """Values of a lever, of all states or of some; of few different ones, so that scenarios agree often."""
    lever = LEVERS[name]
    if lever.form == "states":
        return st.sampled_from([[], ["AL"], ["BO", "NO"]])
    low, high = limits(name)
    near = (max(low, lever.neutral - 0.1), min(high, lever.neutral + 0.1))
    numbers = st.sampled_from([lever.neutral, *near])
    if lever.form == "capabilities":
        return numbers | st.dictionaries(st.sampled_from(["drones", "ammunition", "others"]), numbers)
    if lever.form == "number":
        return numbers
    yearly = numbers | st.lists(numbers, min_size=1, max_size=3)
    return (
        yearly | st.dictionaries(st.sampled_from(["AL", "BO", "NO", "others"]), yearly)
        if lever.by_state
        else yearly
    )


@st.composite
def levers(draw: st.DrawFn) -> Mapping[str, object]:
    names = draw(st.lists(st.sampled_from(list(LEVERS)), max_size=2, unique=True))
    return {name: draw(values(name)) for name in names}


@settings(max_examples=60)
@given(levers(), levers())
def test_where_scenarios_are_said_to_agree_they_are_the_same(
    invented_model: Model, drawn_once: Draws, some: Mapping[str, object], others: Mapping[str, object]
) -> None:
    one, other = scenario("one", some, YEARS), scenario("other", others, YEARS)
    told = agreeing(invented_model, one, other)
    assert told <= same(invented_model, drawn_once, one, other)


def assert_shared_as_alone(model: Model, drawn_once: Draws, run: Sequence[Scenario]) -> None:
    """Standings of every place; plans are told of the first alone."""
    share = Shared(wanted(model, run))
    for k, one in enumerate(run):
        together = standings(model, drawn_once, one, with_plans=k == 0, shared=share)
        alone = standings(model, drawn_once, one, with_plans=k == 0)
        for shared, own in zip(together, alone, strict=True):
            for field in fields(Standing):
                np.testing.assert_array_equal(getattr(shared, field.name), getattr(own, field.name))


@settings(max_examples=30)
@given(levers(), levers())
def test_standings_that_scenarios_share_are_those_each_has_alone(
    invented_model: Model, drawn_once: Draws, some: Mapping[str, object], others: Mapping[str, object]
) -> None:
    run = [scenario(name, moved, YEARS) for name, moved in (("plain", {}), ("a", some), ("b", others))]
    assert_shared_as_alone(invented_model, drawn_once, [*run, *run])


@pytest.mark.parametrize("payer", ["treasury", "defence"])
@pytest.mark.parametrize("number", [1, 3])
def test_loans_that_rates_make_dearer_are_served_so_whoever_shares_the_rest(
    invented_model: Model, number: int, payer: str
) -> None:
    """Where treasuries serve them scenarios agree in all but the service, of each state and of all."""
    states = [replace(one, pays_loan=payer == "defence") for one in invented_model.states[:number]]
    model = replace(invented_model, states=tuple(states))
    run = [scenario(f"{rate}", {"rates": rate}, YEARS) for rate in (0.0, 0.01, 0.02)]
    assert_shared_as_alone(model, draws(model, drawn(5, 0, 1)), run)


@pytest.mark.parametrize("name", [name for name in LEVERS if name != "leaves"])
def test_what_a_lever_does_not_reach_is_the_same_bit_for_bit(
    invented_model: Model, drawn_once: Draws, name: str
) -> None:
    """Each lever alone moves something, and nothing that it is said not to move."""
    neutral, (_, high) = LEVERS[name].neutral, limits(name)
    beside = {"leaves": ["AL"]} if name == "leaving_saving" else {}
    other = 1.0 if name == "pledge" else neutral + (0.1 if neutral < high else -0.1)
    as_it_is, one = (scenario("any", levers, YEARS) for levers in (beside, {**beside, name: other}))
    told = agreeing(invented_model, as_it_is, one)
    assert told <= same(invented_model, drawn_once, as_it_is, one)
    assert len(told) < len(agreeing(invented_model, one, one))


@pytest.mark.parametrize("name", BY_STATE)
def test_a_lever_of_one_state_moves_that_state_and_the_union(invented_model: Model, name: str) -> None:
    neutral = scenario("neutral", {}, YEARS)
    one = scenario("one", {name: {"BO": LEVERS[name].neutral + 0.1}}, YEARS)
    places = {"AL": 0, "BO": 1, "NO": 2, "EU": 3}
    told = {place for name, place in agreeing(invented_model, neutral, one) if name == "strain"}
    assert told == {places["AL"], places["NO"]}


def test_what_is_neutral_in_one_state_alone_is_not_neutral() -> None:
    """A lever of all others is not one of all: no state is taken for another."""
    everywhere = scenario("all", {"growth": -0.1}, YEARS)
    but_one = scenario("others", {"growth": {"others": -0.1, "BO": 0.0}}, YEARS)
    assert everywhere.moved(STANDING) != but_one.moved(STANDING)
    assert everywhere.moved(STANDING, "AL") == but_one.moved(STANDING, "AL")
    assert but_one.moved(STANDING, "BO") == ()
    mixed = scenario("mixed", {"mix": {"others": 1.2, "drones": 1.0}}, YEARS)
    assert mixed.moved(LEVERS["mix"].reach) != scenario("all", {"mix": 1.2}, YEARS).moved(LEVERS["mix"].reach)


def test_a_pledge_moves_no_state_that_keeps_it_already(invented_model: Model) -> None:
    neutral, kept = scenario("neutral", {}, YEARS), scenario("kept", {"pledge": 1.0}, YEARS)
    above = [state for state in invented_model.states if not state.pledge_pull.any()]
    assert {state.code for state in above} == {"BO"}
    for state in invented_model.states:
        agree = moved_in(neutral, STANDING, (state,)) == moved_in(kept, STANDING, (state,))
        assert agree == (state in above)
    assert moved_in(neutral, PLEDGE, invented_model.states) != moved_in(kept, PLEDGE, invented_model.states)


def test_rates_move_what_is_promised_where_defence_serves_the_loans(invented_model: Model) -> None:
    neutral, dearer = scenario("neutral", {}, YEARS), scenario("dearer", {"rates": 0.01}, YEARS)
    for state in invented_model.states:
        assert moved_in(neutral, LOANS, (state,)) != moved_in(dearer, LOANS, (state,))
        agree = moved_in(neutral, STANDING, (state,)) == moved_in(dearer, STANDING, (state,))
        assert agree == (not state.pays_loan)
    by_treasury = tuple(replace(state, pays_loan=False) for state in invented_model.states)
    for states, agree in ((invented_model.states, False), (by_treasury, True)):
        assert (moved_in(neutral, STANDING, states) == moved_in(dearer, STANDING, states)) == agree


def test_what_is_shared_is_made_once_and_kept_while_one_has_still_to_ask() -> None:
    made: list[str] = []

    def make(name: str) -> str:
        made.append(name)
        return name

    share = Shared(["a", "b", "a"])
    assert not share.has("a")
    assert [share(key, lambda key=key: make(key)) for key in ("a", "b")] == ["a", "b"]
    assert share.has("a")
    assert not share.has("b")
    assert share("a", lambda: make("a")) == "a"
    assert not share.has("a")
    assert made == ["a", "b"]
    assert share("a", lambda: make("again")) == "again"
