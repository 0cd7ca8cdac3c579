import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.arrays import Floats
from models.economy import Prices
from models.lots import Lot, LotDraws, Timing, lot_draws, lot_levered, lot_levers, mixed_lots
from models.model import Model
from models.outlays import LotOutlay, borne_by_all, lot_outlay, pace, planned
from models.shocks import drawn, normals, stream_key
from models.stress import Scenario, scenario

NEUTRAL = scenario("any", {}, 8)
ONE = np.ones(1)

share = st.integers(0, 1000).map(lambda thousandths: thousandths / 1000.0)
random_draws = st.builds(
    lambda lag, duration, slip, absorption, cut, saving, growth, price: LotDraws(
        *(np.array([x]) for x in (lag, duration, slip, absorption, 0.05 * cut, saving, growth, price))
    ),
    st.floats(0.3, 1.0),
    st.floats(1.0, 8.0),
    st.floats(0.0, 60.0),
    share,
    share,
    st.floats(-0.05, 0.2),
    st.floats(0.8, 2.5),
    st.floats(0.5, 2.0),
)


def flat(years: int) -> Prices:
    one = np.ones((years, 1))
    return Prices(level=one, usd=one, uah=one, rate=np.zeros((years, 1)))


def wandering(years: int) -> Prices:
    path = (1.02 ** np.arange(years))[:, np.newaxis]
    return Prices(level=path, usd=path**2, uah=1.0 / path, rate=np.zeros((years, 1)))


def calm(timing: Timing) -> LotDraws:
    """A draw in which nothing deviates; lag half a year, two years of contract."""
    return LotDraws(
        lag=0.5 * ONE,
        duration=2.0 * ONE,
        slip=0.0 * ONE,
        absorption=ONE,
        cut=0.0 * ONE,
        saving=timing.median_saving * ONE,
        cost_growth=ONE,
        price=ONE,
    )


def outlay_of(
    lot: Lot, timing: Timing, drawn_: LotDraws, stress: Scenario = NEUTRAL, prices: Prices | None = None
) -> LotOutlay:
    at, levers = prices or flat(8), lot_levers(lot, stress)
    moved = lot_levered(drawn_, levers)
    return lot_outlay(lot, timing, moved, levers, at, ONE, pace(lot, timing, moved, len(at.level)))


@pytest.fixture(scope="module")
def timing(invented_model: Model) -> Timing:
    return invented_model.timing


@pytest.fixture(scope="module")
def steady(timing: Timing) -> Timing:
    """One call at the start of the horizon and no defence inflation."""
    return replace(timing, calls=((0.0, 1.0),), premium=0.0)


def of_line(model: Model, line: str) -> Lot:
    return next(lot for lot in model.lots if lot.line == line)


LINES = ("joint", "works", "project", "aid", "fund", "office")


@pytest.mark.parametrize("line", LINES)
@given(drawn_=random_draws, years=st.sampled_from([1, 3, 8, 15]))
def test_payments_within_and_beyond_and_decommitted_are_commitments(
    invented_model: Model, line: str, drawn_: LotDraws, years: int
) -> None:
    lot = of_line(invented_model, line)
    found = outlay_of(lot, invented_model.timing, drawn_, prices=wandering(years))
    total = found.paid.sum(axis=0) + found.paid_beyond + found.decommitted
    assert total == pytest.approx(found.committed, rel=1e-12)
    assert (found.paid >= 0.0).all()
    assert (found.paid_beyond >= 0.0).all()
    assert found.decommitted[0] >= -1e-9


@pytest.mark.parametrize("line", LINES[:4])
@given(drawn_=random_draws)
def test_states_industry_ukraine_and_the_eu_pay_the_contract(
    invented_model: Model, line: str, drawn_: LotDraws
) -> None:
    lot = of_line(invented_model, line)
    found = outlay_of(lot, invented_model.timing, drawn_, prices=wandering(8))
    for cost, paid in ((found.actual, found.paid), (found.actual_beyond, found.paid_beyond)):
        payers = borne_by_all(lot, cost, paid)
        assert sum(payers.values()) == pytest.approx(cost, rel=1e-9)
        assert set(payers) == {"states", "industry", "ukraine", "eu"}


@pytest.mark.parametrize("line", LINES[:4])
@given(drawn_=random_draws)
def test_planned_and_slipped_outlays_are_the_contract(
    invented_model: Model, line: str, drawn_: LotDraws
) -> None:
    lot, timing = of_line(invented_model, line), invented_model.timing
    found = outlay_of(lot, timing, drawn_, prices=flat(25))
    value = found.committed / lot.eu_share
    assert found.slipped.sum(axis=0) == pytest.approx(value, rel=1e-9)
    assert planned(timing, drawn_, found).sum(axis=0) == pytest.approx(value, rel=1e-9)
    assert found.actual_beyond == pytest.approx(0.0, abs=1e-9)


@pytest.mark.parametrize("line", LINES[:4])
@given(lag=st.floats(0.3, 1.0), duration=st.floats(1.0, 8.0))
def test_where_nothing_deviates_cost_is_plan_and_dates_are_kept(
    invented_model: Model, line: str, lag: float, duration: float
) -> None:
    lot, timing = of_line(invented_model, line), replace(invented_model.timing, premium=0.0)
    drawn_ = replace(calm(timing), lag=lag * ONE, duration=duration * ONE)
    found = outlay_of(lot, timing, drawn_)
    assert (found.actual == found.slipped).all()
    assert (found.slipped == planned(timing, drawn_, found)).all()


@given(drawn_=random_draws)
def test_doubling_the_amount_doubles_contract_and_payments(invented_model: Model, drawn_: LotDraws) -> None:
    lot, timing = of_line(invented_model, "joint"), invented_model.timing
    one = outlay_of(lot, timing, drawn_, prices=wandering(8))
    two = outlay_of(replace(lot, amount=2.0 * lot.amount), timing, drawn_, prices=wandering(8))
    assert (two.actual == 2.0 * one.actual).all()
    assert (two.paid == 2.0 * one.paid).all()


def test_a_contract_of_two_years_worked_by_hand(invented_model: Model, steady: Timing) -> None:
    """100 at an EU share of 0.25: a contract of 400, awarded half a year on, over two years.

    Paid by x of the duration: (1 - exp(-3.5 x^2)) / (1 - exp(-3.5)); ends of years at x = 0.25, 0.75, 1.25:
    0.2025953, 0.8871586, 1, so 81.0381, 273.8253, 45.1366. Half the grant at award, half two years on, each
    over a quarter of a year here: 50 in the first year, 50 in the third.
    """
    lot = replace(
        of_line(invented_model, "project"), amount=100.0, eu_share=0.25, steps=((0.0, 0.5), (2.0, 0.5))
    )
    found = outlay_of(lot, replace(steady, payment_spread=0.25), calm(steady))
    assert found.slipped[:, 0] == pytest.approx([81.0381, 273.8253, 45.1366, 0, 0, 0, 0, 0], abs=1e-3)
    assert found.paid[:, 0].tolist() == pytest.approx([50, 0, 50, 0, 0, 0, 0, 0], abs=1e-9)
    assert found.decommitted[0] == pytest.approx(0.0, abs=1e-9)


def test_slip_stretches_the_contract_and_the_steps(invented_model: Model, steady: Timing) -> None:
    """24 months of slip on a contract of 24: twice as long; the step two years on comes after four."""
    lot = replace(of_line(invented_model, "project"), amount=100.0, steps=((0.0, 0.5), (2.0, 0.5)))
    late = replace(calm(steady), slip=24.0 * ONE)
    found = outlay_of(lot, replace(steady, payment_spread=0.25), late)
    assert found.paid[:, 0].tolist() == pytest.approx([50, 0, 0, 0, 50, 0, 0, 0], abs=1e-9)
    long = outlay_of(lot, steady, replace(calm(steady), duration=4.0 * ONE))
    assert found.slipped == pytest.approx(long.slipped, rel=1e-12)


def test_a_step_is_no_later_than_its_contract(invented_model: Model, steady: Timing) -> None:
    """A year of slip on a contract of two: the step a year on half a year late, that four years on a year."""
    steps = ((0.0, 0.2), (1.0, 0.3), (4.0, 0.5))
    lot = replace(of_line(invented_model, "project"), amount=100.0, steps=steps)
    late = replace(calm(steady), slip=12.0 * ONE)
    found = outlay_of(lot, replace(steady, payment_spread=0.25), late)
    assert found.paid[:, 0].tolist() == pytest.approx([20, 0, 30, 0, 0, 50, 0, 0], abs=1e-9)


def test_what_is_not_paid_by_the_deadline_is_decommitted(invented_model: Model, steady: Timing) -> None:
    """The step four years and a half on falls after a deadline at four; a contract goes on."""
    lot = replace(of_line(invented_model, "project"), amount=100.0, steps=((0.0, 0.4), (4.0, 0.6)))
    found = outlay_of(lot, replace(steady, payment_spread=0.25, deadline=4.0), calm(steady))
    assert found.paid.sum() == pytest.approx(40.0)
    assert found.paid_beyond[0] == 0.0
    assert found.decommitted[0] == pytest.approx(60.0)
    assert found.slipped.sum() == pytest.approx(400.0)


def test_payments_after_a_short_horizon_are_told_apart(invented_model: Model, steady: Timing) -> None:
    lot = replace(of_line(invented_model, "project"), amount=100.0, steps=((0.0, 0.4), (4.0, 0.6)))
    found = outlay_of(lot, replace(steady, payment_spread=0.25), calm(steady), prices=flat(2))
    assert (found.paid.sum(), found.paid_beyond[0]) == (pytest.approx(40.0), pytest.approx(60.0))


def test_administration_is_paid_in_equal_parts_whatever_happens(
    invented_model: Model, timing: Timing
) -> None:
    """30 from 2026 to 2033: 3.75 a year, not stopped by lost projects."""
    lot = of_line(invented_model, "office")
    found = outlay_of(lot, timing, calm(timing), scenario("any", {"absorption": 2.0}, 8))
    assert found.committed[0] == lot.amount
    found = outlay_of(lot, timing, calm(timing), scenario("any", {"absorption": 0.5}, 8))
    assert found.paid[:, 0] == pytest.approx([3.75] * 8)


def test_no_more_is_absorbed_than_there_is(invented_model: Model, timing: Timing) -> None:
    """Four fifths of a lot find a project; half as much again would be more than all of it."""
    lot, drawn_ = of_line(invented_model, "joint"), replace(calm(timing), absorption=0.8 * ONE)
    for factor, share in ((1.0, 0.8), (1.25, 1.0), (1.5, 1.0)):
        found = outlay_of(lot, timing, drawn_, scenario("any", {"absorption": factor}, 8))
        assert found.committed[0] == pytest.approx(share * lot.amount, rel=1e-12)


def test_equal_parts_end_with_their_years(invented_model: Model, steady: Timing) -> None:
    """40 over the first two years: 20 in each, nothing after, long before the deadline."""
    lot = replace(of_line(invented_model, "office"), amount=40.0, spread=(0.0, 2.0))
    paid = outlay_of(lot, steady, calm(steady)).paid[:, 0]
    assert paid.tolist() == [20.0, 20.0, *[0.0] * (len(paid) - 2)]


def test_cost_takes_all_its_factors(invented_model: Model, steady: Timing) -> None:
    """1.2 growth x 1.1 prices before contract x 1.05 general level x (1 - 0.15) / (1 - saving) x currencies.

    Of the aid 15 % is paid in dollars, which gain 10 %, and half in hryvnia, which lose 20 %: 0.915.
    """
    lot, one = of_line(invented_model, "aid"), np.ones((8, 1))
    moved = replace(calm(steady), cost_growth=1.2 * ONE, price=1.1 * ONE, saving=0.15 * ONE)
    found = outlay_of(lot, steady, moved, prices=Prices(1.05 * one, 1.1 * one, 0.8 * one, 0.0 * one))
    factor = 1.2 * 1.1 * 1.05 * 0.85 / (1.0 - steady.median_saving) * 0.915
    assert found.actual == pytest.approx(factor * found.slipped, rel=1e-9)


def test_defence_inflation_fades_until_contract(invented_model: Model, steady: Timing) -> None:
    """2 % a year fading to nothing over five: after two years 0.02 x (2 - 4 / 10) = 3.2 % in logs."""
    lot, timing = of_line(invented_model, "works"), replace(steady, premium=0.02, premium_years=5.0)
    for called, waited, logged in ((0.0, 2.0, 0.032), (0.0, 5.0, 0.05), (0.0, 6.0, 0.05), (-1.0, 0.5, 0.0)):
        begun = replace(timing, calls=((called, 1.0),))
        found = outlay_of(lot, begun, replace(calm(timing), lag=waited * ONE))
        assert found.actual == pytest.approx(math.exp(logged) * found.slipped, rel=1e-6)


@pytest.mark.parametrize(
    ("line", "levers", "factor"),
    [
        ("joint", {"cost_growth": 1.1}, 1.1),
        ("joint", {"prices": {"ammunition": 1.5}}, 1.5),
        ("joint", {"prices": {"drones": 1.5}}, 1.0),
        ("joint", {"absorption": 0.5}, 0.5),
        ("joint", {"ukraine_absorption": 0.5}, 1.0),
        ("aid", {"absorption": 0.5, "ukraine_absorption": 0.5}, 0.25),
        ("works", {"joint": 0.0}, 1.0),
    ],
)
def test_levers_on_contracts(
    invented_model: Model, timing: Timing, line: str, levers: dict[str, object], factor: float
) -> None:
    lot = of_line(invented_model, line)
    found, before = (
        outlay_of(lot, timing, calm(timing), scenario("any", lever, 8)) for lever in (levers, {})
    )
    assert found.actual == pytest.approx(factor * before.actual, rel=1e-12)


def test_only_lines_made_in_ukraine_wait_for_ukraine(invented_model: Model, timing: Timing) -> None:
    late = scenario("any", {"ukraine_slip_months": 36}, 8)
    for line, moved in (("aid", True), ("joint", False)):
        lot = of_line(invented_model, line)
        one, other = (outlay_of(lot, timing, calm(timing), stress) for stress in (NEUTRAL, late))
        assert bool((one.slipped != other.slipped).any()) is moved


def test_bought_alone_there_is_no_saving(invented_model: Model, timing: Timing) -> None:
    """What costs 80 with a saving of a fifth costs 100 alone."""
    lot = of_line(invented_model, "joint")
    found = outlay_of(lot, timing, replace(calm(timing), saving=0.2 * ONE))
    assert found.alone == pytest.approx(found.actual / 0.8, rel=1e-12)


def test_each_alone_pays_the_same_contract_without_saving_or_grant(
    invented_model: Model, timing: Timing
) -> None:
    """A saving of a fifth given up makes 80 into 100; the grant of the joint contract is not committed."""
    lot, drawn_ = of_line(invented_model, "joint"), replace(calm(timing), saving=0.2 * ONE)
    together, alone = (
        outlay_of(lot, timing, drawn_, scenario("any", {"joint": joint}, 8)) for joint in (1.0, 0.0)
    )
    assert alone.slipped == pytest.approx(together.slipped, rel=1e-12)
    assert alone.actual == pytest.approx(together.actual / 0.8, rel=1e-12)
    assert (alone.paid == 0.0).all()
    assert alone.committed[0] == 0.0


def test_award_and_duration_move_dates_alone(invented_model: Model, steady: Timing) -> None:
    """Half a year later and twice as long is a draw of lag 1.0 and four years."""
    lot = of_line(invented_model, "project")
    moved = outlay_of(lot, steady, calm(steady), scenario("any", {"lag_months": 6, "duration": 2.0}, 8))
    later = outlay_of(lot, steady, replace(calm(steady), lag=ONE, duration=4.0 * ONE))
    assert moved.slipped == pytest.approx(later.slipped, rel=1e-12)
    assert moved.paid == pytest.approx(later.paid, rel=1e-12)
    early = outlay_of(lot, steady, calm(steady), scenario("any", {"lag_months": -24}, 8))
    at_once = outlay_of(lot, steady, replace(calm(steady), lag=0.0 * ONE))
    assert early.slipped == pytest.approx(at_once.slipped, rel=1e-12)


def test_no_contract_ends_before_its_time(invented_model: Model, steady: Timing) -> None:
    """A slip of six months less a year is none."""
    lot = of_line(invented_model, "project")
    late = replace(calm(steady), slip=6.0 * ONE)
    found = outlay_of(lot, steady, late, scenario("any", {"slip_months": -12}, 8))
    assert found.slipped.tolist() == outlay_of(lot, steady, calm(steady)).slipped.tolist()


def test_a_mix_moves_money_within_a_line(invented_model: Model) -> None:
    """Two capabilities of 30 and 70, the first weighed twice: 60 and 70 of 130, so 46.15 and 53.85 of 100."""
    first, second = (replace(lot, line="one", amount=0.0) for lot in invented_model.lots[:2])
    lots = [
        replace(first, capability="drones", amount=30.0),
        replace(second, capability="other", amount=70.0),
    ]
    found = mixed_lots(lots, scenario("any", {"mix": {"drones": 2.0}}, 1))
    assert [lot.amount for lot in found] == pytest.approx([100.0 * 60.0 / 130.0, 100.0 * 70.0 / 130.0])
    assert mixed_lots(lots, NEUTRAL) == lots


def test_what_is_not_mixed_keeps_every_digit(invented_model: Model) -> None:
    """84 x (14.2 + 84) / (14.2 + 84) is 84.00000000000001 in floating point."""
    first, second = (replace(lot, line="one") for lot in invented_model.lots[:2])
    lots = [replace(first, amount=14.2), replace(second, amount=84.0)]
    for mix in ({}, {"mix": {first.capability: 1.0}}):
        assert [lot.amount for lot in mixed_lots(lots, scenario("any", mix, 1))] == [14.2, 84.0]


def test_what_is_delivered_before_a_year_is_sustained_in_it(invented_model: Model, steady: Timing) -> None:
    lot = replace(of_line(invented_model, "project"), sustainment=0.08)
    found = outlay_of(lot, steady, calm(steady))
    upkeep = found.upkeep
    assert upkeep is not None
    assert upkeep[0, 0] == 0.0
    assert upkeep[1] == pytest.approx(0.08 * found.actual[0])
    assert upkeep[-1] == pytest.approx(0.08 * found.actual.sum(axis=0))
    assert outlay_of(replace(lot, sustainment=0.0), steady, calm(steady)).upkeep is None


def test_draws_have_the_marginals_assumed(invented_model: Model, timing: Timing) -> None:
    shocks = drawn(4, 0, 32)
    found = lot_draws(of_line(invented_model, "joint"), timing, shocks)
    lag = 12.0 * found.lag
    assert (lag.min() >= 4.0, lag.max() <= 12.0, lag.mean()) == (True, True, pytest.approx(8.0, abs=0.06))
    months = 12.0 * found.duration
    assert (months.min() >= 12.0, months.max() <= 72.0) == (True, True)
    assert np.quantile(found.slip, [0.5, 0.9]) == pytest.approx([9.0, 24.0], rel=0.03)
    assert np.median(found.cost_growth) == pytest.approx(1.1, abs=0.02)
    assert found.absorption.mean() == pytest.approx(0.95, abs=0.002)
    assert found.cut.max() <= 0.05


def test_cost_and_slip_of_a_lot_and_costs_of_two_lots_move_together(
    invented_model: Model, timing: Timing
) -> None:
    shocks = drawn(5, 0, 32)
    one, other = (lot_draws(lot, timing, shocks) for lot in invented_model.lots[:2])
    bound = 4.0 / math.sqrt(32 * 1024)

    def rank(a: Floats, b: Floats) -> float:
        places = (np.argsort(np.argsort(x)) for x in (a, b))
        return 2.0 * math.sin(math.pi / 6.0 * float(np.corrcoef(*places)[0, 1]))

    assert rank(one.cost_growth, one.slip) == pytest.approx(0.5, abs=1.5 * bound)
    assert rank(one.cost_growth, other.cost_growth) == pytest.approx(0.3, abs=1.5 * bound)
    assert rank(one.slip, other.slip) == pytest.approx(0.25 * 0.3, abs=1.5 * bound)


def test_prices_of_a_capability_are_the_same_for_all_its_lots(invented_model: Model, timing: Timing) -> None:
    """One shock a year, weighed by the part of the year that passes before contract."""
    lot = of_line(invented_model, "joint")
    found = lot_draws(replace(lot, price_sd=0.12), timing, drawn(6, 0, 1))
    shock = normals(stream_key(6, f"price/{lot.capability}"), 0, 3)
    waited = found.lag + sum(called * part for called, part in timing.calls)
    passed = np.clip(waited - np.arange(3.0)[:, np.newaxis], 0.0, 1.0)
    assert np.log(found.price) == pytest.approx(0.12 * (shock * passed).sum(axis=0), abs=1e-6)


def test_prices_move_until_the_latest_award(invented_model: Model, timing: Timing) -> None:
    """One call at the start, awarded after 25 months: two years of shocks and a twelfth of the third."""
    lot = replace(of_line(invented_model, "joint"), price_sd=0.1)
    found = lot_draws(lot, replace(timing, calls=((0.0, 1.0),), lag=(25.0, 25.0)), drawn(6, 0, 1))
    shock = normals(stream_key(6, f"price/{lot.capability}"), 0, 3)
    assert found.lag == pytest.approx(25.0 / 12.0)
    assert np.log(found.price) == pytest.approx(0.1 * (shock[0] + shock[1] + shock[2] / 12.0), abs=1e-6)


def test_no_price_moves_before_contracts_awarded_years_ago(invented_model: Model, timing: Timing) -> None:
    """A run from a later base year: all calls and awards lie more than two years back."""
    lot = replace(of_line(invented_model, "joint"), price_sd=0.1)
    early = replace(timing, calls=((-6.5, 0.5), (-4.0, 0.5)), lag=(4.0, 12.0))
    assert (lot_draws(lot, early, drawn(6, 0, 1)).price == 1.0).all()
