from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pytest

from models.model import Model, draws
from models.programme import programme
from models.remedies import BLOCKS, DELAY, GRANT, SHARE, Question, Remedy, granted, remedies
from models.shocks import BLOCK, drawn
from models.simulation import outcomes
from models.stress import Scenario, scenario

SEED, YEAR, T = 7, 2028, 2
BASELINE = scenario("baseline", {}, 10)


def probability(model: Model, code: str, levers: Mapping[str, object]) -> float:
    """P(red) on the paths remedies are tried on, by the simulation itself."""
    drawn_ = draws(model, drawn(SEED, 0, BLOCKS))
    stress = scenario("any", levers, 10)
    union = programme(model, drawn_, stress, in_layers=False)
    codes = [state.code for state in model.states]
    found = list(outcomes(model, drawn_, stress, union))[codes.index(code)]
    return float((found.strain[T] > model.thresholds.red).mean())


def asked(model: Model, wished: float, stress: Scenario = BASELINE) -> dict[str, Remedy]:
    found = remedies(Question(model, stress, SEED, {"NO": YEAR}, wished))
    return {remedy.name: remedy for remedy in found["NO"]}


@pytest.fixture(scope="module")
def now(invented_model: Model) -> float:
    return probability(invented_model, "NO", {})


def test_the_share_needed_is_the_smallest_that_is_enough(invented_model: Model, now: float) -> None:
    wished = now / 2
    remedy = asked(invented_model, wished)[SHARE]
    assert remedy.needed is not None
    assert remedy.probability == probability(invented_model, "NO", {"investment_share": remedy.needed})
    assert remedy.probability <= wished
    assert probability(invented_model, "NO", {"investment_share": remedy.needed - 0.001}) > wished


def test_what_is_there_already_needs_nothing(invented_model: Model, now: float) -> None:
    for remedy in asked(invented_model, now).values():
        assert (remedy.needed, remedy.probability) == (0.0, now)


def test_a_programme_too_small_to_matter_is_no_remedy(invented_model: Model, now: float) -> None:
    found = asked(invented_model, now / 10)
    for name in (GRANT, DELAY):
        assert found[name].needed is None
        assert found[name].probability > now / 10


def test_a_share_beyond_its_bounds_is_cut_where_a_scenario_has_moved_it(invented_model: Model) -> None:
    """Nine tenths of a budget and more are invested, of which a scenario takes 70 points away."""
    most = tuple(replace(one, investment_share=np.full(10, 0.9)) for one in invented_model.states)
    model, lever = replace(invented_model, states=most), -0.7
    usual = probability(model, "NO", {"investment_share": lever})
    remedy = asked(model, usual / 2, scenario("any", {"investment_share": lever}, 10))[SHARE]
    assert remedy.needed is not None
    assert remedy.probability == probability(model, "NO", {"investment_share": lever + remedy.needed})
    assert remedy.probability <= usual / 2 < usual


@pytest.fixture(scope="module")
def large(invented_model: Model) -> Model:
    """The same union with a programme thirty times as large."""
    lots = tuple(replace(lot, amount=30.0 * lot.amount) for lot in invented_model.lots)
    return replace(invented_model, lots=lots)


def test_a_delay_that_is_enough_is_found(large: Model) -> None:
    before, after = (probability(large, "NO", {"lag_months": months}) for months in (0, 30))
    remedy = asked(large, (before + after) / 2)[DELAY]
    assert remedy.needed is not None
    assert 0.0 < remedy.needed <= 30.0
    assert remedy.probability == probability(large, "NO", {"lag_months": remedy.needed})
    assert remedy.probability <= (before + after) / 2


def test_a_grant_that_is_enough_is_found(large: Model) -> None:
    before = probability(large, "NO", {})
    full = replace(large, lots=tuple(granted(lot, 1.0) for lot in large.lots))
    after = probability(full, "NO", {})
    remedy = asked(large, (before + after) / 2)[GRANT]
    assert remedy.needed is not None
    enough = replace(large, lots=tuple(granted(lot, remedy.needed) for lot in large.lots))
    assert remedy.probability == probability(enough, "NO", {}) <= (before + after) / 2


def test_a_larger_grant_makes_the_contract_smaller(invented_model: Model) -> None:
    """EUR 36 m at 0.36 set off 100 m, at 0.72 50 m; states' part of the rest stays a tenth, 6.4 and 1.4 m."""
    lot = next(lot for lot in invented_model.lots if lot.contract and lot.grant_to != "states")
    lot = replace(lot, eu_share=0.36, state_share=0.1 * 0.64)
    more = granted(lot, 0.72)
    assert (more.eu_share, more.amount) == (0.72, lot.amount)
    assert more.state_share == pytest.approx(0.1 * 0.28)
    assert granted(lot, 0.30) is lot
    to_states = replace(lot, grant_to="states", state_share=1.0)
    assert granted(to_states, 0.72).state_share == 1.0
    in_part = granted(replace(to_states, state_share=0.36 + 0.5 * 0.64), 0.72)
    assert in_part.state_share == pytest.approx(0.72 + 0.5 * 0.28)


def test_remedies_are_tried_on_8192_paths() -> None:
    assert BLOCKS * BLOCK == 8192


def test_states_do_not_touch_each_other(invented_model: Model, now: float) -> None:
    years = {"AL": 2027, "NO": YEAR, "BO": 2030}
    together = remedies(Question(invented_model, BASELINE, SEED, years, now / 2))
    assert list(together) == list(years)
    assert {remedy.name: remedy for remedy in together["NO"]} == asked(invented_model, now / 2)
    assert np.isfinite([remedy.probability for found in together.values() for remedy in found]).all()
