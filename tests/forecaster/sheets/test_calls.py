"""Calls of the programme: layers, what is new of them, upkeep."""

import pytest
from invented.union import with_lines
from on_sheets import shown, table

from forecaster.case.settings import settled
from forecaster.drivers.judgements import NEW
from forecaster.pipeline import run as simulated
from forecaster.sheets import calls
from forecaster.workbook.printing import repeated


def test_calls_add_up(run, sheets):
    entry = table(sheets, "Calls", "layers")
    for year in run.years:
        parts = [shown(entry, (metric, "BO"), year) for metric in ("cofinancing", "overrun")]
        assert shown(entry, ("gross_call", "BO"), year) == pytest.approx(sum(parts), abs=1e-12)
        states = [shown(entry, ("net_call", code), year) for code in run.states]
        assert shown(entry, ("net_call", calls.TOTAL), year) == pytest.approx(sum(states), abs=1e-9)


@pytest.mark.parametrize(("end", "share"), NEW.items())
def test_net_calls_are_told_at_both_ends_of_what_is_new(run, sheets, end, share):
    """As in a run whose lines say so, but for the rounding of means to EUR 1,000."""
    entry = table(sheets, "Calls", "ends of new")
    lines = {line.id: {"new": share} for line in run.case.programme.lines}
    case = settled(with_lines(run.case, lines), scenarios=[run.baseline], drivers=False)
    other = simulated(case, workers=1)
    for place, key in (*((code, code) for code in run.states), ("EU", calls.TOTAL)):
        net = other.statistics.mean("net_call", other.baseline, place)
        told = [shown(entry, (end, key), year) for year in run.years]
        assert told == pytest.approx(net.tolist(), abs=0.005)
        assert shown(entry, (end, key), "within") == pytest.approx(net.sum(), abs=0.05)


def test_upkeep_is_told_against_the_money_it_is_paid_from(sheets, run):
    """By hand from cells of two other tables: 1,000 x upkeep / (budget - investment money)."""
    upkeep, layers, sums = (
        table(sheets, sheet, name)
        for sheet, name in (("Calls", "upkeep"), ("Calls", "layers"), ("Money", "money"))
    )
    year = run.years[-1]
    for code, calling in ((run.states[0], run.states[0]), ("EU", "total")):
        budget, invested = (
            shown(sums, ("baseline", code, year), money) for money in ("budget", "investment")
        )
        bears = shown(layers, ("sustainment", calling), year)
        assert bears > 0.0
        assert shown(upkeep, ("left", code), year) == pytest.approx(budget - invested, rel=1e-12)
        assert shown(upkeep, ("taken", code), year) == pytest.approx(1000.0 * bears / (budget - invested))


def test_calls_tell_their_years_on_each_printed_page(layout):
    page = next(page for page in layout.pages if page.sheet.name == "Calls")
    assert repeated(page) == (page.tables[0].heads, page.tables[0].first - 1)
