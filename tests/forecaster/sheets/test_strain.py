"""Strain, and the money behind it in the same rows."""

import pytest
from on_sheets import shown, table

from forecaster.sheets import money, strain


def test_strain_shows_what_was_simulated(run, sheets):
    entry = table(sheets, "Strain", "strain")
    assert len(entry.rows) == len(run.settings.scenarios) * (len(run.states) + 1) * len(run.years)
    key = ("squeeze", "NO", 2030)
    t = run.years.index(2030)
    levels = run.statistics.percentiles("strain", "squeeze", "NO")[t]
    assert [shown(entry, key, name) for name in ("P5", "P50", "P95")] == [levels[0], levels[3], levels[6]]
    red, without_it = (
        run.statistics.probability(event, "squeeze", "NO")[t] for event in ("red", "red_without")
    )
    assert shown(entry, key, "red") == red
    assert shown(entry, key, "effect") == pytest.approx(100 * (red - without_it))
    assert shown(entry, key, "adds P50") == pytest.approx(
        100 * run.statistics.percentiles("strain_difference", "squeeze", "NO")[t, 3]
    )


def test_money_stands_in_the_rows_of_strain(run, sheets):
    entry, other = table(sheets, "Money", "money"), table(sheets, "Strain", "strain")
    assert [row.key for row in entry.rows] == [row.key for row in other.rows]
    key = ("squeeze", "NO", 2030)
    t = run.years.index(2030)
    levels = run.statistics.percentiles("net_call", "squeeze", "NO")[t]
    assert [shown(entry, key, f"net P{level}") for level in (50, 95)] == [levels[3], levels[6]]
    for column, (metric, _) in money.MEANS.items():
        assert shown(entry, key, column) == run.statistics.mean(metric, "squeeze", "NO")[t]
    gaps = run.statistics.percentiles("gap", "squeeze", "NO")[t]
    assert [shown(entry, key, f"gap P{level}") for level in (50, 95)] == [gaps[3], gaps[6]]


def test_the_light_follows_the_thresholds(run, sheets):
    entry = table(sheets, "Strain", "strain")
    given = run.case.assumptions.strain
    for row in entry.rows:
        median, light = shown(entry, row.key, "P50"), shown(entry, row.key, "light")
        assert (light == "red") == (median > given.red.value)
        assert (light == "green") == (median <= given.amber.value)


def test_small_calls_are_called_so(run, sheets):
    entry = table(sheets, "Money", "money")
    given = run.case.assumptions.strain
    words = set()
    for row in entry.rows:
        limit = max(
            given.material_money.value, given.material_share.value * shown(entry, row.key, "investment")
        )
        word = shown(entry, row.key, "word")
        assert (word == "not material") == (abs(shown(entry, row.key, "net")) < limit)
        words.add(word)
    assert words == {"material", "not material"}


def test_strain_is_looked_up_in_the_baseline_only(run, layout):
    span = strain.STRAIN.baseline(run, "red")
    _, top, _, bottom, _ = layout.corners(span)
    assert bottom - top + 1 == (len(run.states) + 1) * len(run.years)
