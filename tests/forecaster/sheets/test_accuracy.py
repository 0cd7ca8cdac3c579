"""Accuracy and Past: how good the method was, in figures and words."""

from dataclasses import replace

import pytest
from on_sheets import named, notes, shown, table

from forecaster.findings import trust
from forecaster.sheets import report


def test_every_method_named_is_told_in_words(run, sheets):
    """`pooled` stood on Past and Accuracy, and nowhere what it is."""
    told = {row.key: row.cells[1] for row in table(sheets, "Past", "words").rows}
    named = {*run.forecast.method, *(score.method for score in run.accuracy.scores)}
    assert told.keys() == named
    assert told["pooled"].startswith("Pooled projection: growth of shares of GDP")
    alone = table(report(replace(run, accuracy=None)), "Past", "words")
    assert {row.key for row in alone.rows} == set(run.forecast.method)


def test_accuracy_shows_the_backtest(run, sheets):
    proof = run.accuracy
    main = proof.scores[0]
    skill = table(sheets, "Accuracy", "skill")
    assert [row.key for row in skill.rows] == [score.method for score in proof.scores]
    assert shown(skill, main.method, "skill") == pytest.approx(main.skill, abs=1e-8)
    assert shown(skill, main.method, "low") <= shown(skill, main.method, "skill")
    assert shown(skill, main.method, "word") == "the method used"
    assert shown(skill, "random_walk_drift_levels", "word") == "clearly worse"
    horizons = table(sheets, "Accuracy", "horizons")
    assert shown(horizons, 3, "inner") == pytest.approx(proof.cover80[2])
    assert shown(horizons, 3, "inner off") == pytest.approx(100 * (proof.cover80[2] - 0.8), abs=1e-6)
    tenths = table(sheets, "Accuracy", "tenths")
    assert sum(shown(tenths, i, "share") for i in range(10)) == pytest.approx(1.0)
    total = table(sheets, "Accuracy", "total")
    assert shown(total, "none", "outer") == pytest.approx(proof.joint[0].cover95)
    replays = table(sheets, "Accuracy", "replays")
    assert [row.key for row in replays.rows] == [2009, 2013, 2019, 2021]
    sentences = notes(sheets, "Accuracy", "What it means")
    assert [sentence[:2] for sentence in sentences] == ["1.", "2.", "3.", "4."]


def test_the_worst_misses_are_named_with_their_size(run, sheets):
    entry = table(sheets, "Accuracy", "misses")
    worst = run.accuracy.misses[0]
    code = run.case.budgets.panel_codes()[worst.row]
    assert (shown(entry, 0, "code"), shown(entry, 0, "year")) == (code, worst.year)
    assert shown(entry, 0, "size") == pytest.approx(worst.outcome / worst.median - 1, abs=1e-7)
    names = {state.code: state.name for state in run.case.budgets.states}
    assert {row.cells[1] for row in entry.rows} <= {*names.values(), "XA", "XB", "XC"}


def test_without_a_backtest_the_sheet_says_why(run):
    (block,) = named(report(replace(run, accuracy=None)), "Accuracy").blocks
    assert block.lines[0].startswith("The reference panel holds 6 series and 25 years")


@pytest.mark.parametrize(
    ("cover80", "cover95", "word"), [(0.79, 0.945, "word"), (0.70, 0.90, "narrow"), (0.90, 0.99, "wide")]
)
def test_ranges_are_judged_by_their_cover(run, cover80, cover95, word):
    main, *others = run.accuracy.scores
    scores = (replace(main, cover80=cover80, cover95=cover95), *others)
    first, *_ = trust(run, replace(run.accuracy, scores=scores))
    assert word in first
