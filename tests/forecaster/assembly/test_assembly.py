import math
import pickle
from collections.abc import Iterator
from dataclasses import fields, replace
from datetime import date

import numpy as np
import pytest
from invented.union import assuming, invented, with_figures, with_lines, without

from forecaster import assembly
from forecaster.assembly import investment, treasury
from forecaster.assembly.lots import _since
from forecaster.case import Case, bundled_case
from models import participation, tables
from models.budgets import Forecast
from models.lots import Lot
from models.model import Model, draws
from models.shocks import drawn
from models.variants import differing

YEARS = tuple(range(2026, 2036))


@pytest.fixture(scope="module")
def found(invented_union: Case) -> Forecast:
    return assembly.budget_forecast(invented_union, YEARS)


def lots(model: Model) -> dict[str, Lot]:
    return {lot.name: lot for lot in model.lots}


def test_a_model_remade_is_that_of_its_case_but_for_what_is_kept(
    invented_union: Case, invented_model: Model, found: Forecast
) -> None:
    other = assuming(invented_union, {"fiscal.semi_elasticity": 0.3, "cost.premium": 0.07})
    whole = assembly.model(other, found)
    for kept in ({"fiscal"}, {"fiscal", "timing", "successor"}, {*assembly.PARTS}, set[str]()):
        again = assembly.remade(invented_model, other, found, assembly.PARTS.keys() - kept)
        assert differing(again, whole) == kept & {"fiscal", "timing", "successor"}
        assert all(getattr(again, name) is getattr(invented_model, name) for name in kept)


def test_calls_and_deadline_count_from_the_first_projected_year(invented_model: Model) -> None:
    """31 October is day 304, 28 February day 59; money of 2033 may be paid until its end."""
    timing = invented_model.timing
    assert timing.calls == ((303.0 / 365.0, 0.4), (1.0 + 58.0 / 365.0, 0.6))
    assert timing.deadline == 8.0
    assert _since(date(2026, 1, 1), 2026) == 0.0


def test_a_line_with_a_contract_is_cut_by_capability(invented_model: Model) -> None:
    amounts = {name: lot.amount for name, lot in lots(invented_model).items()}
    assert amounts == {
        "joint:ammunition": 80.0, "joint:air_defence": 120.0, "works:ammunition": 300.0,
        "project:drones": 75.0, "project:research": 75.0, "aid:drones": pytest.approx(105.0),
        "aid:logistics": pytest.approx(45.0), "fund:all": 70.0, "office:all": 30.0,
    }  # fmt: skip
    assert sum(amounts.values()) == pytest.approx(900.0)


def test_states_pay_all_of_what_they_receive_grants_for_else_their_part_of_the_rest(
    invented_model: Model,
) -> None:
    found = {lot.line: lot.state_share for lot in invented_model.lots}
    assert found["joint"] == 1.0
    assert found["project"] == pytest.approx(0.9 * 0.75 + 0.25)
    assert found["works"] == pytest.approx(0.2 * 0.6)
    assert found["aid"] == pytest.approx(0.5 * 0.2)


def test_the_case_of_joint_buying_sets_its_share(invented_union: Case, found: Forecast) -> None:
    legal = assembly.model(assuming(invented_union, {"award.procurement_case": "legal"}), found)
    assert lots(legal)["joint:ammunition"].eu_share == 0.15
    assert lots(assembly.model(invented_union, found))["joint:ammunition"].eu_share == 0.08


def test_lots_take_what_belongs_to_their_capability(invented_model: Model) -> None:
    found = lots(invented_model)
    assert (found["joint:ammunition"].price_sd, found["aid:drones"].price_sd) == (0.12, 0.08)
    assert (found["joint:ammunition"].sustainment, found["aid:drones"].sustainment) == (0.0, 0.08)
    assert (found["fund:all"].price_sd, found["fund:all"].sustainment) == (0.0, 0.0)
    assert (found["joint:ammunition"].uah_share, found["aid:drones"].uah_share) == (0.0, 0.5)
    assert found["office:all"].spread == (0.0, 8.0)


def test_named_shares_stand_in_the_order_of_the_states(invented_model: Model) -> None:
    assert lots(invented_model)["works:ammunition"].keys == (0.5, 0.2, 0.3)
    assert lots(invented_model)["joint:ammunition"].keys is None


def test_the_share_of_investment_is_natos_else_edas(invented_union: Case) -> None:
    """AL: mean of 25, 28, 31; BO: 645.8 / 3949.5 by EDA; NO: mean of 30, 24, 27."""
    expected = [0.28, 645.8 / 3949.5, 0.27]
    assert investment.investment_start(invented_union).tolist() == pytest.approx(expected, rel=1e-12)


def test_shares_return_to_their_mean_and_allies_at_least_to_a_fifth(invented_union: Case) -> None:
    """AL: mean of 18, 20, 22, 25; NO: of what is known, 34, 33, 30; BO, no ally: EDA's last four."""
    eda = [406.0 / 2706.5, 469.5 / 3039.1, 558.2 / 3510.6, 645.8 / 3949.5]
    expected = [0.2125, sum(eda) / 4.0, 0.97 / 3.0]
    assert investment.investment_mean(invented_union).tolist() == pytest.approx(expected, rel=1e-12)
    floored = assuming(invented_union, {"capacity.share_floor": 0.25})
    assert investment.investment_mean(floored).tolist() == pytest.approx([0.25, *expected[1:]], rel=1e-12)


def test_published_investment_is_in_the_definition_of_its_share(invented_union: Case) -> None:
    """AL: NATO's 21,494 of 20,470.5; BO: EDA's 2 % above, in its latest year."""
    scale = investment.published_scale(invented_union)
    spending = invented_union.budgets.wide("spending", ["AL", "BO"], [2025, 2023])
    assert scale[0] == pytest.approx(21494.0 / spending[0, 0])
    assert scale[1] == pytest.approx(3949.5 / spending[1, 1])


def test_mean_shares_halve_their_distance_in_five_years(invented_model: Model) -> None:
    share = invented_model.states[0].investment_share
    assert share[4] == pytest.approx(0.2125 + 0.5 * (0.28 - 0.2125), rel=1e-8)
    assert share[9] == pytest.approx(0.2125 + 0.25 * (0.28 - 0.2125), rel=1e-8)


def test_a_state_that_invests_little_is_less_uncertain(invented_model: Model) -> None:
    assert invented_model.states[0].share_sd == 0.03
    assert invented_model.states[1].share_sd == pytest.approx(0.03 * (645.8 / 3949.5) / 0.20)


def test_without_a_floor_no_state_is_under_it(invented_union: Case, found: Forecast) -> None:
    case = assuming(invented_union, {"capacity.share_floor": 0.0})
    assert {state.share_sd for state in assembly.model(case, found).states} == {0.03}


def test_planned_investment_rests_on_the_ministrys_plan_where_there_is_one(
    invented_model: Model, found: Forecast
) -> None:
    state, row = invented_model.states[0], found.states.index("AL")
    assert found.plan_status[row][:4] == ("voted", "plan", "plan", "")
    budget = [*found.plan[row, :3], *np.exp(found.center[row, 3:])]
    assert state.plan == pytest.approx(state.investment_share * state.scale * budget, rel=1e-8)


def test_a_ministrys_own_investment_replaces_the_share(invented_union: Case, found: Forecast) -> None:
    own = assembly.model(with_figures(invented_union, "investment", {("AL", 2027): 9000.0}), found)
    assert own.states[0].plan[1] == pytest.approx(9000.0, rel=1e-8)


def test_a_ministrys_own_commitments_reach_the_model(invented_union: Case, found: Forecast) -> None:
    own = assembly.model(with_figures(invented_union, "commitments", {("NO", 2027): 2100.0}), found)
    assert own.states[2].contracted[1] == 2100.0
    assert np.isnan(own.states[2].contracted[[0, 2]]).all()


def test_committed_shares_run_on_to_their_floor(invented_union: Case) -> None:
    capacity = assembly._capacity(invented_union, tuple(range(2026, 2040)))
    expected = [0.85, 0.78, 0.70, 0.62, 0.55, 0.50, 0.45, 0.40, 0.35, 0.30, 0.30, 0.30, 0.30, 0.30]
    assert capacity.committed.tolist() == pytest.approx(expected)
    assert capacity.cost_phase.tolist() == [0.25, 0.5, 0.75] + [1.0] * 11


def test_safe_is_drawn_as_advance_and_in_equal_parts(invented_union: Case, invented_model: Model) -> None:
    """AL: 15 % of 6,000 in 2026, a quarter of the rest a year to 2030; NO took no advance."""
    assert treasury.safe_loans(invented_union).tolist() == [[900.0, 5100.0], [0.0, 0.0], [0.0, 1500.0]]
    assert invented_model.states[0].safe_draw.tolist() == [900.0] + [1275.0] * 4 + [0.0] * 5
    assert invented_model.states[2].safe_draw.tolist() == [0.0] + [375.0] * 4 + [0.0] * 5


@pytest.mark.parametrize(
    ("last", "rest"),
    [(2024, [1.0, 0.0, 0.0]), (2026, [1.0, 0.0, 0.0]), (2027, [0.0, 1.0, 0.0]), (2028, [0.0, 0.5, 0.5])],
)
def test_safe_is_drawn_in_full_whatever_its_last_year(
    invented_union: Case, last: int, rest: list[float]
) -> None:
    found = treasury.safe_schedules(assuming(invented_union, {"safe.last_draw": last}), range(2026, 2029))
    assert found.tolist() == [[1.0, 0.0, 0.0], rest]


def test_the_gni_key_rolls_forward_by_nominal_gdp(invented_union: Case, found: Forecast) -> None:
    """2023: 942,300 : 258,387 : 475,781; 2026: x 1,035,300/932,970, 316,725/269,153, 520,200/461,923."""
    grown = np.array([942300 * 1035300 / 932970, 258387 * 316725 / 269153, 475781 * 520200 / 461923])
    assert treasury.gni_key(invented_union, found)[:, 0] == pytest.approx(grown / grown.sum(), rel=1e-12)


def test_the_key_of_germany_france_and_the_netherlands_is_the_commissions() -> None:
    """Plain GNI key of 2023: DE 25.2 %, FR 16.8 %, NL 6.05 %."""
    case = bundled_case()
    gni = case.budgets.wide("gni", case.budgets.codes, [2023])[:, 0]
    key = dict(zip(case.budgets.codes, 100.0 * gni / gni.sum(), strict=True))
    assert (key["DE"], key["FR"]) == (pytest.approx(25.2, abs=0.3), pytest.approx(16.8, abs=0.3))
    assert key["NL"] == pytest.approx(6.05, abs=0.15)


def test_years_before_the_first_gdp_are_missing_and_the_rest_in_place(invented_union: Case) -> None:
    known = invented_union.budgets.years("gdp")[0]
    early = assembly.gdp_baseline(invented_union, range(known - 2, known + 3))
    assert np.isnan(early[:, :2]).all()
    assert (
        early[:, 2:] == invented_union.budgets.wide("gdp", ("AL", "BO", "NO"), range(known, known + 3))
    ).all()


def test_gdp_is_carried_on_at_its_last_growth(invented_union: Case) -> None:
    """AL after 2030: 1,189,409 x 1.015 x 1.02 a year."""
    path = assembly.gdp_baseline(invented_union, range(2025, 2033))
    assert path[0, [0, 5]].tolist() == [1000000.0, 1189409.0]
    assert path[0, 7] == pytest.approx(1189409.0 * (1.015 * 1.02) ** 2, rel=1e-12)


def test_the_loan_for_ukraine_is_borne_by_its_own_states(invented_model: Model) -> None:
    """By their key of own resources in each year, the interest being paid through the budget of the Union."""
    given = invented_model.financing
    assert not given.loan_key[1].any()
    assert given.loan_key.sum(axis=0) == pytest.approx(1.0, abs=2e-9)
    bearing = given.gni_key[[0, 2]]
    assert given.loan_key[[0, 2]] == pytest.approx(bearing / bearing.sum(axis=0), abs=2e-9)
    assert given.loan_key[0, 0] != given.loan_key[0, -1]


def test_a_case_without_a_state_of_the_loan_pays_no_interest_of_it(invented_union: Case) -> None:
    states = tuple(replace(state, loan_key=False) for state in invented_union.budgets.states)
    case = replace(invented_union, budgets=replace(invented_union.budgets, states=states))
    assert treasury.loan_key(case, np.array([[0.5], [0.2], [0.3]])).tolist() == [[0.0], [0.0], [0.0]]


def test_slip_has_the_median_and_the_ninetieth_percentile_assumed(invented_model: Model) -> None:
    found = invented_model.timing.slip(np.array([0.0, 1.2815515655446004]))
    assert found.tolist() == pytest.approx([9.0, 24.0], rel=1e-5)


def test_scenarios_come_in_the_order_of_the_file_the_baseline_always(invented_union: Case) -> None:
    assert [s.id for s in assembly.scenarios(invented_union, (), 10)] == [
        "baseline",
        "squeeze",
        "parting",
        "sequel",
    ]
    assert [s.id for s in assembly.scenarios(invented_union, ("parting",), 10)] == ["baseline", "parting"]


def budget_draws(case: Case) -> dict[str, bytes]:
    """Budget draws of each state, as bytes."""
    model = assembly.model(case, assembly.budget_forecast(case, YEARS))
    shocks = drawn(7, 0, 1)
    return {
        state.code: own.budget.tobytes()
        for state, own in zip(model.states, draws(model, shocks).states, strict=True)
    }


@pytest.mark.parametrize("gone", ["AL", "BO", "NO"])
def test_a_state_less_leaves_every_other_states_budget_draws(invented_union: Case, gone: str) -> None:
    whole, rest = budget_draws(invented_union), budget_draws(without(invented_union, gone))
    assert rest == {code: bits for code, bits in whole.items() if code != gone}


def test_germany_less_leaves_the_other_26() -> None:
    case = bundled_case()
    whole, rest = budget_draws(case), budget_draws(without(case, "DE"))
    assert rest == {code: bits for code, bits in whole.items() if code != "DE"}


def digest(model: Model, found: Forecast) -> bytes:
    return pickle.dumps([fields_of(model), found.center.tobytes(), found.spread.tobytes(), found.pledge_pull])


def fields_of(model: Model) -> list[bytes]:
    return [pickle.dumps(getattr(model, f.name)) for f in fields(model)]


ELSEWHERE = (
    "strain.wished", "strain.shortfall_level", "strain.material_money", "strain.material_share",
    "tie_out.investment", "tie_out.year", "tie_out.tolerance", "tie_out.states",
    "tie_out.spending_before", "tie_out.spending", "tie_out.key_de", "tie_out.key_fr", "tie_out.key_nl",
    "tie_out.key_tolerance", "tie_out.receipts", "tie_out.safe_loans", "tie_out.ukraine_loan",
    "tie_out.margin",
    "fiscal.escape_cap", "fiscal.escape_base",
)  # fmt: skip
"""Assumptions that sheets and checks use, and the model does not."""


def moved(value: object) -> object:
    """Another value of the kind: numbers a tenth up, years and counts one up, names another."""
    if isinstance(value, tuple):
        return tuple(1.1 * x for x in value)
    if isinstance(value, str):
        return {"default": "legal", "pooled": "random_walk"}[value]
    if isinstance(value, int):
        return value - 1 if value > 2 else value + 1
    return 1.1 * value if value else 0.05


def keys() -> list[str]:
    return [key for key, _ in bundled_case().assumptions.entries() if key not in ELSEWHERE]


@pytest.fixture(scope="module")
def coarse() -> Iterator[None]:
    """Tables of few nodes, quick to make."""
    fine = tables.of_score
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tables, "of_score", lambda quantile, density=1: fine(quantile, min(density, 1)))
        yield


@pytest.fixture(scope="module")
def unmoved(invented_union: Case, found: Forecast, coarse: None) -> bytes:  # noqa: ARG001
    once, again = (digest(assembly.model(invented_union, found), found) for _ in range(2))
    assert once == again
    return once


@pytest.mark.parametrize("key", keys())
def test_every_assumption_reaches_the_model(
    invented_union: Case, found: Forecast, unmoved: bytes, key: str
) -> None:
    value = dict(invented_union.assumptions.entries())[key].value
    case = assuming(invented_union, {key: moved(value)})
    again = assembly.budget_forecast(case, YEARS) if key.startswith("budgets.") else found
    assert digest(assembly.model(case, again), again) != unmoved


def test_entries_of_a_line_reach_the_model(invented_union: Case, found: Forecast) -> None:
    before = assembly.model(invented_union, found)
    for entry, value in (
        ("new", 0.9),
        ("milestones", 0.5),
        ("min_participants", 3),
        ("duration", (6.0, 9.0)),
    ):
        case = with_lines(invented_union, {"joint": {entry: value}})
        assert fields_of(assembly.model(case, found)) != fields_of(before)


def test_a_shorter_half_of_a_case_is_a_case(tmp_path_factory: pytest.TempPathFactory) -> None:
    """One year and twenty years run too."""
    case = invented(tmp_path_factory.mktemp("short") / "case")
    for years in (1, 20):
        span = tuple(range(2026, 2026 + years))
        model = assembly.model(case, assembly.budget_forecast(case, span))
        assert model.years == span
        assert all(len(state.median) == years for state in model.states)
        assert math.isfinite(float(model.states[0].median[-1]))
        assert replace(model).states[0].spread.shape[0] == years


@pytest.mark.parametrize(
    ("size_weight", "mean", "range_", "told"),
    [
        (0.0, 18.3, [16.0, 21.0], "hold 18 on average (16 to 21 in nine cases of ten) where all states"),
        (1.0, 13.3, [11.0, 16.0], "13 (11 to 16) where it is in proportion to investment"),
    ],
)
def test_five_contracts_hold_as_many_states_as_their_assumption_tells(
    size_weight: float, mean: float, range_: list[float], told: str
) -> None:
    """EDIRPA's five projects held 20, six on average (postimees.ee 8135160)."""
    bundled = bundled_case()
    case = assuming(bundled, {"participation.size_weight": size_weight})
    model = assembly.model(case, assembly.budget_forecast(case, YEARS))
    keys = participation.keys(model.participation, model.lots[:5], drawn(1, 0, 8)).share
    states = (keys > 0.0).any(axis=0).sum(axis=0)
    assert states.mean() == pytest.approx(mean, abs=0.1)
    assert np.percentile(states, [5, 95]).tolist() == range_
    assert told in bundled.assumptions.participation.size_weight.source


def test_where_all_draws_are_in_the_middle_the_largest_take_part(invented_model: Model) -> None:
    given = invented_model.participation
    lot = next(lot for lot in invented_model.lots if lot.keys is None and lot.contract)
    shares = participation.key(given, lot, lambda _, rows: np.zeros((rows, 1)))[:, 0]
    largest = sorted(given.investment)[-max(given.per_contract, lot.minimum) :]
    assert [money for money, share in zip(given.investment, shares, strict=True) if share] == [
        money for money in given.investment if money in largest
    ]
