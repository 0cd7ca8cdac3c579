from dataclasses import replace

import numpy as np
import pytest

from models import strain
from models.arrays import Floats
from models.billing import Layers
from models.fiscal import Points
from models.lots import Lot
from models.metrics import EVENTS, LINE_METRICS, METRICS
from models.model import Model
from models.outlays import LotOutlay, Purchase
from models.strain import Outcome, Standing, Thresholds


def money(*values: float) -> Floats:
    return np.array([values])


@pytest.fixture
def year() -> Outcome:
    """One year, three draws: calm, amber without and red with the programme, red anyway."""
    committed, net = money(150.0, 280.0, 210.0), money(30.0, 30.0, -5.0)
    planned, investment = money(360.0, 290.0, 240.0), money(300.0, 300.0, 200.0)
    standing = Standing(
        money(1000.0, 1000.0, 1000.0),
        investment,
        committed,
        money(2.0, 2.0, 2.0),
        *strain.without(committed, investment),
        strain.gap_of_plan(planned, investment),
    )
    with_it, difference, gap = strain.strained(committed, net, investment)
    return Outcome(
        standing=standing,
        gross_call=money(40.0, 40.0, 40.0),
        net_call=net,
        strain=with_it,
        strain_difference=difference,
        gap=gap,
        own_resources=money(3.0, 3.0, 3.0),
        ukraine_loan=np.array([1.0]),
        treasury_call=money(6.0, 7.0, 8.0),
        points=Points(
            balance=money(-0.4, 0.1, -0.6),
            debt=money(1.0, 2.0, 3.0),
            balance_without=money(-0.2, 0.1, -0.55),
            room=np.array([-0.3]),
        ),
        layers=Layers(*(money(x, x, x) for x in (1.0, 2.0, 3.0, -4.0, 5.0, 6.0))),
    )


@pytest.mark.parametrize(
    ("metric", "expected"),
    [
        ("strain", [0.6, 310.0 / 300.0, 1.025]),
        ("strain_without", [0.5, 280.0 / 300.0, 1.05]),
        ("strain_difference", [0.1, 0.1, -0.025]),
        ("gap", [0.0, 10.0, 5.0]),
        ("gap_without", [0.0, 0.0, 10.0]),
        ("plan_gap", [60.0, 0.0, 40.0]),
        ("treasury_call", [6.0, 7.0, 8.0]),
        ("cofinancing", [1.0] * 3),
        ("overrun", [2.0] * 3),
        ("timing", [3.0] * 3),
        ("grant_received", [-4.0] * 3),
        ("going_without", [5.0] * 3),
        ("sustainment", [6.0] * 3),
        ("ukraine_loan", [1.0] * 3),
        ("budget", [1000.0] * 3),
        ("investment", [300.0, 300.0, 200.0]),
        ("committed", [150.0, 280.0, 210.0]),
        ("gross_call", [40.0] * 3),
        ("net_call", [30.0, 30.0, -5.0]),
        ("obligations", [180.0, 310.0, 205.0]),
        ("eu_budget", [3.0] * 3),
        ("safe_service", [2.0] * 3),
        ("balance_points", [-0.4, 0.1, -0.6]),
        ("debt_points", [1.0, 2.0, 3.0]),
    ],
)
def test_metrics(year: Outcome, metric: str, expected: list[float]) -> None:
    assert METRICS[metric].of(year)[0].tolist() == pytest.approx(expected)


def test_with_less_without_is_the_difference(year: Outcome) -> None:
    difference = METRICS["strain"].of(year) - METRICS["strain_without"].of(year)
    assert METRICS["strain_difference"].of(year) == pytest.approx(difference, abs=1e-12)


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        ("amber", [False, True, True]),
        ("red", [False, True, True]),
        ("amber_without", [False, True, True]),
        ("red_without", [False, False, True]),
        ("crosses", [True, False, True]),
        ("crosses_without", [False, False, True]),
    ],
)
def test_events(year: Outcome, event: str, expected: list[bool]) -> None:
    assert EVENTS[event].of(year, Thresholds(0.9, 1.0))[0].tolist() == expected


def test_exactly_at_a_threshold_is_not_yet_beyond_it(year: Outcome) -> None:
    """310 / 300 and 280 / 300 are thresholds in turn: at them not yet, a hair lower they are passed."""
    for event, strain_ in (("", year.strain), ("_without", year.standing.strain_without)):
        at = float(strain_[0, 1])
        for colour, beyond in (("amber", Thresholds(at, 9.0)), ("red", Thresholds(-9.0, at))):
            assert not EVENTS[colour + event].of(year, beyond)[0, 1]
            below = Thresholds(*(np.nextafter(one, -1.0) for one in (beyond.amber, beyond.red)))
            assert EVENTS[colour + event].of(year, below)[0, 1]


def test_a_deficit_at_its_limit_does_not_cross_it(year: Outcome) -> None:
    """Where the balance falls by all the room there is; a hair less room, and it crosses."""
    assert year.points is not None
    for event, fallen in (("crosses", -0.4), ("crosses_without", -0.55)):
        for room, expected in ((fallen, False), (np.nextafter(fallen, 0.0), True)):
            near = replace(year, points=replace(year.points, room=np.array([room])))
            draw = year.points.balance if event == "crosses" else year.points.balance_without
            at = int(np.flatnonzero(draw[0] == fallen)[0])
            assert EVENTS[event].of(near, Thresholds(0.9, 1.0))[0, at] == expected


def test_without_accounts_nothing_crosses(year: Outcome) -> None:
    bare = replace(year, points=None)
    for event in ("crosses", "crosses_without"):
        assert EVENTS[event].of(bare, Thresholds(0.9, 1.0)).tolist() == [[False] * 3]


def test_ranks_are_those_of_the_design() -> None:
    everywhere = {name for name, metric in METRICS.items() if metric.kept == "distribution"}
    assert everywhere == {"strain", "strain_without", "strain_difference", "net_call", "gap"}
    layers = {"cofinancing", "overrun", "timing", "grant_received", "sustainment", "going_without"}
    in_baseline = {name for name, metric in METRICS.items() if metric.kept == "baseline"}
    assert in_baseline == layers | {"plan_gap", "obligations", "ukraine_loan"}
    assert {METRICS[name].kept for name in METRICS.keys() - everywhere - in_baseline} == {"mean"}


def test_units_are_those_of_the_design() -> None:
    """Strain is a ratio, what public finances bear a share of GDP, all else money."""
    of = {name: metric.unit for name, metric in METRICS.items()}
    assert {name for name in of if of[name] == "ratio"} == {"strain", "strain_without", "strain_difference"}
    assert {name for name in of if of[name] == "% of GDP"} == {"balance_points", "debt_points"}
    assert set(of.values()) == {"ratio", "% of GDP", "EUR million"}


def test_lines_are_kept_by_year_or_as_totals_and_the_main_ones_in_every_scenario() -> None:
    """What stands after the horizon or is lost by the deadline is one number a path; the rest has years."""
    totals = {name for name, metric in LINE_METRICS.items() if not metric.yearly}
    assert totals == {"commitments", "payments_beyond", "decommitted", "outlay_beyond"}
    everywhere = {name for name, metric in LINE_METRICS.items() if metric.everywhere}
    assert everywhere == totals | {"payments", "outlay", "upkeep"}


@pytest.fixture
def one_year() -> LotOutlay:
    total = np.array([10.0])
    return LotOutlay(
        committed=total,
        value=90.0 * np.ones(1),
        paid=money(30.0),
        paid_beyond=2.0 * total,
        decommitted=3.0 * total,
        slipped=money(90.0),
        actual=money(100.0),
        actual_beyond=4.0 * total,
        alone=money(0.0),
    )


@pytest.mark.parametrize(
    ("line", "states", "industry", "ukraine"),
    [
        ("joint", 70.0, 0.0, 0.0),
        ("works", 12.0, 58.0, 0.0),
        ("project", 62.5, 7.5, 0.0),
        ("aid", 10.0, 0.0, 60.0),
    ],
)
def test_who_bears_a_contract_of_100_of_which_the_eu_pays_30(
    invented_model: Model, one_year: LotOutlay, line: str, states: float, industry: float, ukraine: float
) -> None:
    """States of works: a fifth of 60 %; of aid half of 20 %.

    Of the project nine tenths of 75 % and the 25 % they were to receive, less the 30 they did.
    """
    lot = next(lot for lot in invented_model.lots if lot.line == line)
    payers = {"states": states, "industry": industry, "ukraine": ukraine, "eu": 30.0}
    for payer, expected in payers.items():
        found = LINE_METRICS[f"outlay_{payer}"].of(Purchase(lot, 0, one_year))
        assert found[0, 0] == pytest.approx(expected)


def test_a_line_without_contract_has_no_payers(invented_model: Model, one_year: LotOutlay) -> None:
    lot: Lot = next(lot for lot in invented_model.lots if lot.line == "fund")
    assert all(
        (LINE_METRICS[f"outlay_{p}"].of(Purchase(lot, 0, one_year)) == 0.0).all() for p in ("states", "eu")
    )


def test_metrics_of_lines_read_their_outlay(invented_model: Model, one_year: LotOutlay) -> None:
    expected = {"payments": 30.0, "outlay": 100.0, "planned": 0.0, "slipped": 90.0, "upkeep": 0.0,
                "commitments": 10.0, "payments_beyond": 20.0, "decommitted": 30.0,
                "outlay_beyond": 40.0}  # fmt: skip
    bought = Purchase(invented_model.lots[0], 0, one_year)
    for name, value in expected.items():
        assert LINE_METRICS[name].of(bought)[0, 0] == value
    assert LINE_METRICS["planned"].of(replace(bought, planned=money(8.0)))[0, 0] == 8.0


def test_states_bear_their_part_of_upkeep(invented_model: Model, one_year: LotOutlay) -> None:
    """Of a yearly cost of 5 half is the states'."""
    lot = replace(invented_model.lots[0], state_share=0.5)
    bought = Purchase(lot, 0, replace(one_year, upkeep=money(5.0)))
    assert LINE_METRICS["upkeep"].of(bought)[0, 0] == 2.5


def test_sums_to_date_are_those_of_the_years_so_far(invented_model: Model, one_year: LotOutlay) -> None:
    """Payments of 3, 4 and 5 come to 3, 7 and 12; costs of 10, 0 and 1 to 10, 10 and 11."""
    years = replace(one_year, paid=np.array([[3.0], [4.0], [5.0]]), actual=np.array([[10.0], [0.0], [1.0]]))
    bought = Purchase(invented_model.lots[0], 0, years)
    for name, expected in (("paid_to_date", [3.0, 7.0, 12.0]), ("spent_to_date", [10.0, 10.0, 11.0])):
        assert LINE_METRICS[name].of(bought)[:, 0].tolist() == expected
