from dataclasses import replace
from math import log

import numpy as np
import pytest

from models.plans import Chain, PlanRow, PlanRules, chain, pledge_pull, shift

YEARS = (2026, 2027, 2028, 2029, 2030, 2031)
RULES = PlanRules(
    voted_sd=0.03, weight_near=0.8, weight_far=0.6, pledge_target=3.5, share_limit=12.0, pledge_year=2035
)


def row(year, amount, series="vote", status="voted"):
    return PlanRow("XX", year, amount, series, status)


def plan(status, amount=None, settled=0):
    amount = [np.nan] * len(status) if amount is None else amount
    return Chain(np.array(amount, dtype=float), tuple(status), settled, "")


def test_a_plan_enters_by_growth_within_its_definition():
    found = chain([row(2025, 50.0), row(2026, 55.0)], YEARS, 100.0)
    assert found.amount[0] == pytest.approx(110.0)
    assert found.status[0] == "voted"
    assert found.settled == 1


def test_among_votes_the_definition_nearest_in_level_is_taken():
    """Level is that of the year whose budget is known: half of it, and nine tenths."""
    rows = [row(2025, 50.0), row(2026, 99.0), row(2025, 90.0, "wide"), row(2026, 108.0, "wide")]
    assert chain(rows, YEARS, 100.0).amount[0] == pytest.approx(120.0)


def test_a_vote_outranks_an_estimate_that_is_nearer():
    rows = [
        row(2025, 50.0),
        row(2026, 55.0),
        row(2025, 99.0, "nato", "estimate"),
        row(2026, 150.0, "nato", "estimate"),
    ]
    assert chain(rows, YEARS, 100.0).amount[0] == pytest.approx(110.0)


def test_an_estimate_settles_the_year_without_a_vote():
    rows = [row(2025, 99.0, "nato", "estimate"), row(2026, 108.9, "nato", "estimate")]
    found = chain(rows, YEARS, 100.0)
    assert (found.status[0], found.settled) == ("estimate", 1)
    assert found.amount[0] == pytest.approx(110.0)


def test_a_later_plan_chains_on_the_year_before_by_its_own_definition():
    """On what was voted for that year, not on an earlier one that the definition knows too."""
    rows = [
        row(2025, 50.0),
        row(2026, 55.0),
        row(2025, 60.0, "wide", "plan"),
        row(2026, 70.0, "wide", "plan"),
        row(2027, 77.0, "wide", "plan"),
    ]
    found = chain(rows, YEARS, 100.0)
    np.testing.assert_allclose(found.amount[:2], [110.0, 121.0])
    assert found.status[:2] == ("voted", "plan")


def test_of_two_definitions_the_one_with_the_later_partner_is_taken():
    """`old` grows by a fifth from 2025, `new` by a tenth from 2026, though `old` is nearer in level."""
    rows = [
        row(2025, 50.0),
        row(2026, 55.0),
        row(2025, 100.0, "old", "plan"),
        row(2027, 120.0, "old", "plan"),
        row(2026, 60.0, "new", "plan"),
        row(2027, 66.0, "new", "plan"),
    ]
    np.testing.assert_allclose(chain(rows, YEARS, 100.0).amount[:2], [110.0, 121.0])


def test_a_figure_alone_in_its_definition_is_left_out_and_told():
    found = chain([row(2026, 55.0)], YEARS, 100.0)
    assert np.isnan(found.amount).all()
    assert "vote 2026" in found.note
    assert "no budget voted, estimated or planned for 2026" in found.note


@pytest.mark.parametrize("amounts", [(50.0, 0.0), (0.0, 55.0)])
def test_nothing_grows_to_nothing_or_from_it(amounts):
    before, now = amounts
    assert np.isnan(chain([row(2025, before), row(2026, now)], YEARS, 100.0).amount).all()


def test_what_is_announced_carries_no_later_plan():
    """Growth of 2028 over 2026, which is known as announced alone, is growth over nothing that is planned."""
    rows = [
        row(2025, 50.0),
        row(2026, 100.0, status="announced"),
        row(2027, 60.0, status="plan"),
        row(2026, 100.0, "wide", "plan"),
        row(2028, 150.0, "wide", "plan"),
    ]
    found = chain(rows, YEARS, 100.0)
    np.testing.assert_allclose(found.amount[:3], [200.0, 120.0, np.nan])
    assert found.settled == 0


def test_a_near_plan_moves_the_median_four_fifths_of_the_way_and_the_move_stays():
    moved = shift(
        plan(["voted", "plan", "", "", "", ""], [100.0, 120.0] + [np.nan] * 4, 1), np.log([100.0] * 6), RULES
    )
    np.testing.assert_allclose(moved, [0.0] + [0.8 * log(1.2)] * 5)


def test_a_far_plan_moves_it_three_fifths_and_years_between_lie_on_a_line():
    moved = shift(
        plan(["", "", "", "plan", "", ""], [np.nan] * 3 + [120.0] + [np.nan] * 2), np.log([100.0] * 6), RULES
    )
    np.testing.assert_allclose(moved, 0.6 * log(1.2) * np.array([0.25, 0.5, 0.75, 1.0, 1.0, 1.0]))


@pytest.mark.parametrize("standing", ["voted", "estimate"])
def test_a_vote_after_a_year_that_is_not_settled_weighs_as_a_plan(standing):
    amount, centre = [np.nan, 120.0, np.nan, np.nan], np.log([100.0] * 4)
    moved = shift(plan(["", standing, "", ""], amount), centre, RULES)
    np.testing.assert_allclose(moved, 0.8 * log(1.2) * np.array([0.5, 1.0, 1.0, 1.0]))
    rules = replace(RULES, pledge_target=3.0, pledge_year=2029)
    pull = pledge_pull(
        plan(["", standing, "", ""], amount), np.full(5, 2.0), np.full(4, 1000.0), rules, 2025, ally=True
    )
    np.testing.assert_allclose(pull, np.log([1.0, 1.0, 1.25, 1.5]))


def test_plans_up_to_five_years_ahead_carry_weight_and_none_beyond():
    centre = np.log([100.0] * 6)
    last = shift(plan([""] * 4 + ["plan", ""], [np.nan] * 4 + [200.0, np.nan]), centre, RULES)
    np.testing.assert_allclose(last[4:], 0.6 * log(2.0))
    assert not shift(plan([""] * 5 + ["plan"], [np.nan] * 5 + [200.0]), centre, RULES).any()


def test_an_ally_is_pulled_along_a_line_to_the_pledge_and_stays_there():
    rules = replace(RULES, pledge_target=3.0, pledge_year=2027)
    pull = pledge_pull(plan([""] * 4), np.full(5, 2.0), np.full(4, 1000.0), rules, 2025, ally=True)
    np.testing.assert_allclose(pull, np.log([2.5 / 2.0, 1.5, 1.5, 1.5]))


def test_the_line_leaves_from_the_last_settled_year():
    rules = replace(RULES, pledge_target=3.0, pledge_year=2028)
    settled = plan(["voted", "", "", ""], [20.0] + [np.nan] * 3, 1)
    pull = pledge_pull(settled, np.full(5, 2.0), np.full(4, 1000.0), rules, 2025, ally=True)
    np.testing.assert_allclose(pull, np.log([1.0, 1.25, 1.5, 1.5]))


@pytest.mark.parametrize(
    ("shares", "pull"),
    [
        ([1.0, 1.5, 2.0, 2.0, 2.0], [1.0, 1.0, 1.5, 1.5]),
        ([4.0, 3.0, 2.0, 2.0, 2.0], [1.0, 1.0, 1.5, 1.5]),
        ([2.0, 3.0, 4.0, 2.0, 2.0], [1.0, 1.0, 1.0, 1.0]),
    ],
)
def test_settled_years_are_not_pulled_and_their_last_says_who_is_there_already(shares, pull):
    """Two settled years; from 2 % the target of 3 % is reached the year after, from 4 % it is passed."""
    rules = replace(RULES, pledge_target=3.0, pledge_year=2028)
    settled = plan(["voted", "voted", "", ""], [20.0, 20.0] + [np.nan] * 2, 2)
    found = pledge_pull(settled, np.array(shares), np.full(4, 1000.0), rules, 2025, ally=True)
    np.testing.assert_allclose(found, np.log(pull))


def test_a_pledge_due_in_a_settled_year_is_reached_the_year_after():
    rules = replace(RULES, pledge_target=3.0, pledge_year=2026)
    settled = plan(["voted", "voted", "", ""], [20.0, 20.0] + [np.nan] * 2, 2)
    pull = pledge_pull(settled, np.full(5, 2.0), np.full(4, 1000.0), rules, 2025, ally=True)
    np.testing.assert_allclose(pull, np.log([1.0, 1.0, 1.5, 1.5]))


@pytest.mark.parametrize(("share", "ally"), [(4.0, True), (2.0, False)])
def test_no_pull_on_who_is_there_already_or_never_pledged(share, ally):
    pull = pledge_pull(plan([""] * 4), np.full(5, share), np.full(4, 1000.0), RULES, 2025, ally=ally)
    assert not pull.any()


def test_an_announcement_goes_by_the_pledge_rule():
    """40 of that year's GDP of 1,000."""
    announced, gdp = (
        plan(["", "announced", "", ""], [np.nan, 40.0, np.nan, np.nan]),
        [800.0, 1000.0, 1250.0, 1500.0],
    )
    pull = pledge_pull(announced, np.full(5, 2.0), np.array(gdp), RULES, 2025, ally=False)
    np.testing.assert_allclose(pull, np.log([1.5, 2.0, 2.0, 2.0]))


def test_no_pull_downwards():
    falling = plan(["", "announced", "", ""], [np.nan, 10.0, np.nan, np.nan])
    assert not pledge_pull(falling, np.full(5, 2.0), np.full(4, 1000.0), RULES, 2025, ally=False).any()
