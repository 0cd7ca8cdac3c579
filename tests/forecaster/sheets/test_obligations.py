"""Obligations against investment money, and the gap in all its percentiles."""

from on_sheets import named, shown, table

from forecaster.report.fans import PERCENTILES
from forecaster.sheets import obligations


def test_obligations_are_shown_against_investment_money(run, sheets):
    place, _ = obligations.chosen(run)
    likely = {code: run.statistics.any_year("red", run.baseline, code) for code in run.states}
    assert likely[place.code] == max(likely.values())
    entry = table(sheets, "Obligations", "fan")
    due, money = (
        run.statistics.percentiles(name, run.baseline, place.code) for name in ("obligations", "investment")
    )
    assert shown(entry, "P90", 2029) == due[run.years.index(2029), 5]
    assert shown(entry, "investment money, median", 2029) == money[run.years.index(2029), 3]
    assert place.name in named(sheets, "Obligations").blocks[0].title


def test_all_percentiles_of_the_gap_stand_on_obligations(run, sheets):
    entry, sums = table(sheets, "Obligations", "gaps"), table(sheets, "Money", "money")
    code = obligations.chosen(run)[0].code
    gaps = run.statistics.percentiles("gap", run.baseline, code)
    t = int(gaps[:, -1].argmax())
    levels, year = dict(zip(PERCENTILES, gaps[t], strict=True)), run.years[t]
    assert {name: shown(entry, (code, name), year) for name in levels} == levels
    assert 0.0 == levels["P5"] < levels["P95"]
    for name in ("P50", "P95"):
        union = shown(sums, (run.baseline, "EU", year), f"gap {name}")
        assert shown(entry, ("EU", name), year) == union


def test_the_large_state_is_among_those_that_spend_most(run, monkeypatch):
    monkeypatch.setattr(obligations, "LARGE", 1)
    largest = run.forecast.states[int(run.forecast.base.argmax())]
    assert obligations.chosen(run)[0].code == largest
