"""The bridge from plan to median and the S-curves, against the run."""

from dataclasses import replace

import pytest

from forecaster import findings
from forecaster.case.settings import settled
from forecaster.pipeline import run as simulated
from forecaster.report.fans import PERCENTILES
from forecaster.report.formulas import number
from forecaster.report.sheet import Formula
from forecaster.sheets import outlays
from forecaster.sheets.outlays import plan_bridge
from models.arrays import UNION
from models.metrics import BORNE


@pytest.fixture(scope="module")
def tables(sheets):
    return {table.name: table for sheet in sheets if sheet.name == "Outlays" for table in sheet.tables}


def row(table, key):
    cells = next(entry.cells for entry in table.rows if entry.key == key)
    return dict(zip([column.key for column in table.columns], cells, strict=True))


def test_the_steps_lead_from_plan_to_median(run, tables):
    found = run.statistics
    lines = [line.id for line in run.case.programme.lines if line.contract]
    for key, place in [*((line, line) for line in lines), (plan_bridge.TOTAL, UNION)]:
        cells = {
            name: number(cell)
            for name, cell in row(tables["bridge"], key).items()
            if name in plan_bridge.COLUMNS
        }
        planned, slipped, outlay = (
            found.mean(metric, run.baseline, place).sum() for metric in ("planned", "slipped", "outlay")
        )
        assert cells["plan"] == pytest.approx(planned, abs=0.01)
        assert cells["timing"] == pytest.approx(slipped - planned, abs=0.01)
        assert cells["cost"] == pytest.approx(outlay - slipped, abs=0.01)
        assert cells["mean"] == pytest.approx(outlay, abs=0.01)
        median = found.percentiles("spent_to_date", run.baseline, place)[-1, 3]
        assert cells["median"] == median
        assert cells["plan"] + cells["timing"] + cells["cost"] + cells["skew"] == pytest.approx(
            median, rel=1e-12
        )


def test_the_median_of_all_lines_is_no_sum_of_medians(run, tables):
    lines = [
        number(row(tables["bridge"], line.id)["median"]) for line in run.case.programme.lines if line.contract
    ]
    whole = row(tables["bridge"], plan_bridge.TOTAL)["median"]
    assert not isinstance(whole, Formula)
    assert abs(sum(lines) - whole) > 1.0


def test_bars_stand_on_each_other(tables):
    bars = {key: row(tables["bars"], key) for key in plan_bridge.STEPS}
    values = {
        key: {
            name: number(cell)
            for name, cell in bar.items()
            if name in {"from", "to", "base", "level", "rise", "fall"}
        }
        for key, bar in bars.items()
    }
    for key, kind in plan_bridge.STEPS.items():
        bar = values[key]
        height = bar["level"] + bar["rise"] + bar["fall"]
        assert bar["base"] + height == pytest.approx(max(bar["from"], bar["to"]))
        assert height == pytest.approx(abs(bar["to"] - bar["from"]))
        assert (bar["level"] > 0.0) == (kind == "level")
    ends = [values[key]["to"] for key in plan_bridge.STEPS]
    starts = [values[key]["from"] for key in plan_bridge.STEPS]
    assert starts[1:3] == ends[:2]
    assert starts[4] == ends[3]
    assert ends[2] == pytest.approx(ends[3])
    assert ends[4] == pytest.approx(ends[5])


def test_steps_by_year_lead_to_the_median_of_each_year(run, tables):
    table = tables["bridge by year"]
    for t, year in enumerate(run.years):
        steps = [number(row(table, key)[year]) for key in ("plan", "to later", "to mean", "to median")]
        assert sum(steps) == pytest.approx(run.statistics.percentiles("outlay", run.baseline, UNION)[t, 3])
    moved = [number(row(table, "to later")[year]) for year in run.years]
    assert min(moved) < 0.0 < max(moved)


@pytest.mark.parametrize(("metric", "yearly"), [("paid_to_date", "payments"), ("spent_to_date", "outlay")])
def test_curves_are_of_the_whole_horizon(run, tables, metric, yearly):
    levels = [row(tables["curves"], name)[metric] for name in PERCENTILES]
    assert levels == sorted(levels)
    assert levels == list(run.statistics.percentiles(metric, run.baseline, UNION)[-1])
    so_far = run.statistics.mean(metric, run.baseline, UNION)
    assert so_far == pytest.approx(run.statistics.mean(yearly, run.baseline, UNION).cumsum(), abs=0.01)
    assert levels[0] < so_far[-1] < levels[-1]


def test_what_falls_after_the_horizon_and_what_lapses_is_shown(run, tables):
    cells = row(tables["payments"], "total")
    for metric, column in (("payments_beyond", "beyond"), ("decommitted", "decommitted")):
        found = sum(
            run.statistics.mean(metric, run.baseline, line.id)[0] for line in run.case.programme.lines
        )
        assert number(cells[column]) == pytest.approx(found)


def test_rows_from_the_first_payer_to_the_last_are_all_payers(tables):
    """The sum below them goes from the first to the last."""
    items = [row.key[1] for row in tables["contracts"].rows]
    begun = items.index(BORNE[0])
    assert items[begun : begun + len(BORNE)] == [*BORNE]


def test_all_lines_together_are_what_the_summary_tells(run, tables):
    """What contracts cost and what states bear of it can be followed from the first sentence to a cell."""
    total = {metric: row(tables["contracts"], (outlays.TOTAL, metric)) for metric in BORNE}
    whole = row(tables["contracts"], (outlays.TOTAL, "outlay"))
    mean = run.statistics.mean
    for metric, cells in total.items():
        assert number(cells["within"]) == pytest.approx(mean(metric, run.baseline, UNION).sum(), abs=0.1)
    assert sum(number(cells["within"]) for cells in total.values()) == pytest.approx(number(whole["within"]))
    told = findings.findings(run)[0]
    assert f"contracts of EUR {number(whole['within']) + number(whole['beyond']):,.0f} m" in told
    assert f"states bear EUR {number(total['outlay_states']['within']):,.0f} m" in told
    net = mean("net_call", run.baseline, UNION).sum()
    assert f"EUR {net:,.0f} m more than they would pay without the programme (net call)." in told


def test_calls_and_outlays_differ_by_currencies_alone(invented_union):
    """Where no rate moves, what all states are called for is what they bear of contracts."""
    budgets = invented_union.budgets
    fixed = tuple(replace(one, value=1.0) if one.table == "exchange" else one for one in budgets.figures)
    still = replace(invented_union, budgets=replace(budgets, figures=fixed))
    for case, alike in ((still, True), (invented_union, False)):
        found = simulated(settled(case, paths=1024, drivers=False))
        called, granted, borne = (
            found.statistics.mean(metric, found.baseline, UNION).sum()
            for metric in ("gross_call", "grant_received", "outlay_states")
        )
        assert (abs(called + granted - borne) < 0.02) == alike
