from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.metrics import LINE_METRICS, METRICS
from models.model import Draws, Model, draws
from models.programme import Programme, line_totals, net_calls, programme
from models.reach import moved_in
from models.shocks import drawn
from models.simulation import outcomes, standings
from models.strain import Outcome
from models.stress import LEVERS, LONGEST, PROGRAMME, combined, limits, scenario

STEPS = {"budget": 0.1, "prices": 0.3, "slip": 0.5, "slip_months": 12, "ukraine_slip_months": 24,
         "cost_growth": 0.1, "absorption": 0.2, "ukraine_absorption": 0.3, "additionality": 0.5,
         "lag_months": 3, "duration": 0.3, "sustainment": 0.5, "successor": 500.0}  # fmt: skip


NO_OUTLAY = {name for name, lever in LEVERS.items() if not lever.reach & PROGRAMME} | {"joining_part"}
"""Levers that move no outlay."""
DATES = {"lag_months", "duration", "slip", "slip_months", "ukraine_slip_months", "successor"}
"""Levers that move when lots are paid, or bring lots that are paid at other times."""


@pytest.fixture(scope="module")
def drawn_once(invented_model: Model) -> Draws:
    return draws(invented_model, drawn(5, 0, 1))


def found(model: Model, drawn_once: Draws, levers: dict[str, object]) -> list[Outcome]:
    stress = scenario("any", levers, len(model.years))
    union = programme(model, drawn_once, stress, in_layers=False)
    return list(outcomes(model, drawn_once, stress, union))


def moved(model: Model, drawn_once: Draws, levers: dict[str, object], metric: str) -> float:
    """Mean over paths of a metric of the union, summed over years."""
    stress = scenario("any", levers, len(model.years))
    union = programme(model, drawn_once, stress, in_layers=False)
    if metric in LINE_METRICS:
        return float(line_totals(union, metric)["EU"].mean(axis=1).sum())
    *_, total = outcomes(model, drawn_once, stress, union)
    return float(METRICS[metric].of(total).mean(axis=1).sum())


WITH: dict[str, dict[str, object]] = {"leaving_saving": {"leaves": ["AL"]}}
"""What a lever needs beside it to move anything."""


def steps(name: str) -> list[dict[str, object]]:
    """A lever lowered, neutral and raised, as far as its limits go."""
    neutral, step = LEVERS[name].neutral, STEPS.get(name, 0.02)
    if name == "pledge":
        return [{name: weight} for weight in (0.0, 0.5, 1.0)]
    low, high = limits(name)
    below, above = max(neutral - step, low), min(neutral + step, high)
    return [{**WITH.get(name, {}), name: value} for value in (below, (below + above) / 2.0, above)]


@pytest.mark.parametrize("name", [name for name, lever in LEVERS.items() if lever.raises])
def test_a_lever_moves_its_metric_as_it_declares(invented_model: Model, drawn_once: Draws, name: str) -> None:
    lever = LEVERS[name]
    low, middle, high = (moved(invented_model, drawn_once, one, lever.moves) for one in steps(name))
    assert (middle - low) * lever.raises > 0.0
    assert (high - middle) * lever.raises > 0.0


@pytest.mark.parametrize("name", [name for name, lever in LEVERS.items() if not lever.reach & PROGRAMME])
def test_a_lever_said_not_to_move_the_programme_does_not(
    invented_model: Model, drawn_once: Draws, name: str
) -> None:
    low, _, high = (scenario("any", levers, len(invented_model.years)) for levers in steps(name))
    assert low.moved(PROGRAMME) == high.moved(PROGRAMME)
    one, other = (programme(invented_model, drawn_once, stress, in_layers=True) for stress in (low, high))
    assert all((a == b).all() for a, b in zip(one.calls.net, other.calls.net, strict=True))
    assert (one.calls.paid == other.calls.paid).all()


@pytest.mark.parametrize(
    "name",
    [
        name
        for name, lever in LEVERS.items()
        if lever.reach & PROGRAMME and lever.form != "states" and name != "mix"
    ],
)
def test_a_lever_said_to_move_the_programme_does(invented_model: Model, drawn_once: Draws, name: str) -> None:
    low, _, high = (scenario("any", levers, len(invented_model.years)) for levers in steps(name))
    assert low.moved(PROGRAMME) != high.moved(PROGRAMME)
    one, other = (programme(invented_model, drawn_once, stress, in_layers=True) for stress in (low, high))
    upkeep = [line_totals(union, "upkeep")["EU"] for union in (one, other)]
    assert any((a != b).any() for a, b in (*zip(one.calls.net, other.calls.net, strict=True), tuple(upkeep)))


@pytest.mark.parametrize("name", [name for name in LEVERS if name != "leaves"])
def test_what_scenarios_share_is_the_same_bit_for_bit(
    invented_model: Model, drawn_once: Draws, name: str
) -> None:
    """A metric that is said not to be moved by a lever is not, in any place; it is then counted once."""
    low, _, high = steps(name)
    places = list(zip(*(found(invented_model, drawn_once, levers) for levers in (low, high)), strict=True))
    one, other = (
        partial(moved_in, scenario("any", levers, len(invented_model.years)), states=invented_model.states)
        for levers in (low, high)
    )
    shared = [m for m in METRICS.values() if one(m.moved_by) == other(m.moved_by)]
    assert any(m.moved_by & LEVERS[name].reach for m in METRICS.values())
    assert all(not m.moved_by & LEVERS[name].reach for m in shared)
    assert all((m.of(a) == m.of(b)).all() for m in shared for a, b in places)


@pytest.mark.parametrize("name", list(LEVERS))
def test_outlays_taken_over_are_those_made_anew(invented_model: Model, drawn_once: Draws, name: str) -> None:
    """From the baseline or from another scenario of the same lever; both kinds of lever take place."""
    given = [{name: ["AL"]}, {}] if name == "leaves" else [steps(name)[0], steps(name)[2]]
    one, other = (scenario("any", levers, len(invented_model.years)) for levers in given)
    like = programme(invented_model, drawn_once, one, in_layers=False)
    anew = programme(invented_model, drawn_once, other, in_layers=False)
    taken = programme(invented_model, drawn_once, other, in_layers=False, made=like.made)
    ours, theirs, others = ([one.outlay for one in union.purchases] for union in (taken, anew, like))
    for first, second in zip(ours, theirs, strict=True):
        for field in ("paid", "paid_beyond", "decommitted", "slipped", "actual", "actual_beyond", "alone"):
            assert (getattr(first, field) == getattr(second, field)).all()
    assert (taken.calls.net == anew.calls.net).all()
    assert (net_calls(invented_model, drawn_once, other) == anew.calls.net).all()
    kept = sum(a is b for a in ours for b in others)
    assert (kept == len(ours)) == (name in NO_OUTLAY)
    paces = all(like.made.paces.get(key) is pace for key, pace in taken.made.paces.items())
    assert paces == (name not in DATES)


def test_a_successor_as_large_as_this_programme_is_not_taken_for_it(
    invented_model: Model, drawn_once: Draws
) -> None:
    """Its lots are of the same amounts and levers: only their dates are others."""
    twice = replace(invented_model, successor=replace(invented_model.successor, size=1.0 / 1024.0))
    one, other = (scenario("any", levers, len(twice.years)) for levers in ({}, {"successor": 1024.0}))
    like = programme(twice, drawn_once, one, in_layers=False)
    anew = programme(twice, drawn_once, other, in_layers=False)
    taken = programme(twice, drawn_once, other, in_layers=False, made=like.made)
    number = len(twice.lots)
    assert [one.lot.amount for one in taken.purchases[number:]] == [lot.amount for lot in twice.lots]
    for lot, again in zip(taken.purchases, anew.purchases, strict=True):
        assert (lot.outlay.paid == again.outlay.paid).all()
    assert (taken.calls.net == anew.calls.net).all()
    assert (anew.purchases[0].outlay.paid != anew.purchases[number].outlay.paid).any()


def test_what_a_state_leaves_to_the_rest_they_would_not_have_bought_anyway(
    invented_model: Model, drawn_once: Draws
) -> None:
    """Without the programme all buy as before: what a state leaves is new to those that bear it."""
    model = replace(invented_model, lots=tuple(replace(lot, minimum=0) for lot in invented_model.lots))
    index = [state.code for state in model.states].index("AL")
    alone = drawn_once.keys.share.max(axis=1) == drawn_once.keys.share[:, index]
    shared = ~(alone & (drawn_once.keys.share[:, index] > 0.999)).any(axis=0)
    calm = replace(drawn_once, states=tuple(replace(own, euro=None) for own in drawn_once.states))
    before, after = (
        programme(model, calm, scenario("any", levers, 10), in_layers=False)
        for levers in ({}, {"leaves": ["AL"]})
    )
    left = sum(
        (1.0 - one.lot.new) * one.lot.state_share * key[index] * one.outlay.alone
        for one, key in zip(before.purchases, drawn_once.keys.share, strict=True)
        if one.lot.contract
    )
    more = (after.calls.net - before.calls.net).sum(axis=0)
    assert shared.sum() > 100
    assert more[:, shared] == pytest.approx(np.asarray(left)[:, shared], rel=1e-9, abs=1e-9)
    assert (after.calls.net[index] == 0.0).all()
    for i, net in enumerate(after.calls.net):
        assert sum(bill.net_of(i) for bill in after.bills) == pytest.approx(net, rel=1e-9, abs=1e-9)


def test_saving_is_lost_where_a_state_leaves_and_nowhere_else(
    invented_model: Model, drawn_once: Draws
) -> None:
    def contracts(levers: dict[str, object]) -> Programme:
        return programme(invented_model, drawn_once, scenario("any", levers, 10), in_layers=False)

    kept, lost, everywhere = (
        contracts({"leaves": ["AL"], **moved}) for moved in ({}, {"leaving_saving": -0.1}, {"saving": -0.1})
    )
    index = [state.code for state in invented_model.states].index("AL")
    bought = zip(kept.purchases, lost.purchases, everywhere.purchases, drawn_once.keys.share, strict=True)
    for *purchases, key in (found for found in bought if found[0].lot.contract):
        own, one, other = (purchase.outlay.actual for purchase in purchases)
        there = key[index] > 0.0
        assert (one[:, ~there] == own[:, ~there]).all()
        assert (one[:, there] == other[:, there]).all()
    shares = drawn_once.keys.share[:, index] > 0.0
    assert shares.any()
    assert not shares.all()


def test_a_standing_may_come_from_a_scenario_that_agrees_in_it(
    invented_model: Model, drawn_once: Draws
) -> None:
    for levers in ({}, {"slip": 2.0, "successor": 1500.0}):
        stress = scenario("any", levers, 10)
        union = programme(invented_model, drawn_once, stress, in_layers=False)
        standing = list(standings(invented_model, drawn_once, scenario("other", {}, 10)))
        taken = outcomes(invented_model, drawn_once, stress, union, standing)
        for one, other in zip(taken, outcomes(invented_model, drawn_once, stress, union), strict=True):
            for name in ("strain", "strain_without", "gap", "budget", "safe_service", "balance_points"):
                assert (METRICS[name].of(one) == METRICS[name].of(other)).all()


def test_a_neutral_scenario_is_the_baseline_bit_for_bit(invented_model: Model, drawn_once: Draws) -> None:
    neutral = {
        name: [lever.neutral] * 10 if lever.form == "years" else lever.neutral
        for name, lever in LEVERS.items()
        if lever.form != "states"
    }
    for one, other in zip(
        found(invented_model, drawn_once, {}),
        found(invented_model, drawn_once, {**neutral, "leaves": []}),
        strict=True,
    ):
        for name in ("budget", "investment", "committed", "gross_call", "net_call", "gap", "eu_budget"):
            assert (METRICS[name].of(one) == METRICS[name].of(other)).all()


def test_a_list_is_neutral_after_its_end_and_cut_at_the_horizon() -> None:
    stress = scenario("any", {"budget": [0.9, 0.8], "growth": -0.01}, 3)
    assert stress.years("budget").ravel().tolist() == [0.9, 0.8, 1.0]
    assert stress.years("growth").ravel().tolist() == [-0.01, -0.01, -0.01]
    assert scenario("any", {"budget": [0.9, 0.8]}, 1).years("budget").tolist() == [[0.9]]


def test_prices_are_a_number_or_a_number_a_capability() -> None:
    assert scenario("any", {"prices": 1.5}, 1).of("prices", "drones") == 1.5
    some = scenario("any", {"prices": {"drones": 2.0}}, 1)
    assert (some.of("prices", "drones"), some.of("prices", "ammunition")) == (2.0, 1.0)
    rest = scenario("any", {"prices": {"drones": 2.0, "others": 0.5}}, 1)
    assert (rest.of("prices", "drones"), rest.of("prices", "ammunition")) == (2.0, 0.5)


def test_a_lever_may_differ_from_state_to_state() -> None:
    stress = scenario("any", {"budget": {"AL": [0.9, 0.8], "others": 0.95}, "growth": {"NO": -0.01}}, 3)
    assert stress.years("budget", "AL").ravel().tolist() == [0.9, 0.8, 1.0]
    assert stress.years("budget", "NO").ravel().tolist() == [0.95] * 3
    assert stress.years("growth", "NO").ravel().tolist() == [-0.01] * 3
    assert stress.years("growth", "AL").ravel().tolist() == [0.0] * 3


def test_a_state_that_is_named_moves_alone(invented_model: Model, drawn_once: Draws) -> None:
    calm, cut = (found(invented_model, drawn_once, levers) for levers in ({}, {"budget": {"BO": 0.9}}))
    assert (cut[0].standing.budget == calm[0].standing.budget).all()
    assert cut[1].standing.budget == pytest.approx(0.9 * calm[1].standing.budget, rel=1e-12)


def test_a_successor_of_the_same_lines_adds_its_commitments(invented_model: Model, drawn_once: Draws) -> None:
    """Seven years of 100: what finds a project is 700 over the envelope times what this programme commits."""
    envelope = sum(lot.amount for lot in invented_model.lots)
    before, after = (
        moved(invented_model, drawn_once, levers, "commitments") for levers in ({}, {"successor": 100.0})
    )
    assert after / before == pytest.approx(1.0 + 700.0 / envelope, rel=1e-9)


def test_scenarios_combine() -> None:
    """Factors multiply, what is added adds up, lists are neutral after their end, states join."""
    one: dict[str, Any] = {"budget": [0.9, 0.8], "growth": -0.01, "leaves": ["AA"], "prices": 1.5}
    other: dict[str, Any] = {"budget": 0.5, "growth": [-0.02], "leaves": ["BB"], "prices": {"drones": 2.0}}
    both = combined(one, other)
    assert both["budget"] == [0.45, 0.4] + [0.5] * (LONGEST - 2)
    assert both["growth"] == [-0.03] + [-0.01] * (LONGEST - 1)
    assert both["leaves"] == ["AA", "BB"]
    assert both["prices"] == {"drones": 3.0, "others": 1.5}
    assert combined({"slip": 2.0}, {"rates": 0.01}) == {"slip": 2.0, "rates": 0.01}


def test_what_can_be_set_but_once_is_refused_twice() -> None:
    assert combined({"pledge": 1}, {"pledge": 1}) == {"pledge": 1.0}
    with pytest.raises(ValueError, match="both set pledge, to 1 and to 0"):
        combined({"pledge": 1}, {"pledge": 0})


def test_what_is_too_much_together_is_refused() -> None:
    assert combined({"joining_key": 0.4}, {"joining_key": 0.5}) == {"joining_key": pytest.approx(0.9)}
    with pytest.raises(ValueError, match=r"together they set joining_key to 1\.8, allowed are 0 to 0\.9"):
        combined({"joining_key": 0.9}, {"joining_key": 0.9})


yearly = st.one_of(
    st.floats(0.5, 1.5),
    st.lists(st.floats(0.5, 1.5), min_size=1, max_size=5),
    st.dictionaries(st.sampled_from(["AA", "BB", "others"]), st.floats(0.5, 1.5), min_size=1),
)


@given(first=yearly, second=yearly)
def test_a_combination_is_the_product_in_every_state_and_year(first: Any, second: Any) -> None:
    whole = scenario("any", combined({"budget": first}, {"budget": second}), LONGEST)
    parts = [scenario("any", {"budget": one}, LONGEST) for one in (first, second)]
    for code in ("AA", "BB", "CC"):
        product = parts[0].years("budget", code) * parts[1].years("budget", code)
        assert whole.years("budget", code) == pytest.approx(product, rel=1e-12)


def test_who_leaves_bears_nothing_and_the_rest_bear_more(invented_model: Model, drawn_once: Draws) -> None:
    stay, leave = (found(invented_model, drawn_once, levers) for levers in ({}, {"leaves": ["AL"]}))
    assert (leave[0].gross_call == 0.0).all()
    assert np.mean(leave[2].gross_call) != np.mean(stay[2].gross_call)
