"""Summary: its sentences, where strain is highest, and how many states are in red together."""

import re

import numpy as np
import pytest
from on_sheets import notes, shown, table

from forecaster.report.styles import HEAT
from forecaster.sheets import summary
from forecaster.sheets.key import OFTEN, SELDOM


def test_the_summary_answers_in_five_sentences(sheets):
    sentences = notes(sheets, "Summary", "In five sentences")
    assert [sentence[:2] for sentence in sentences] == ["1.", "2.", "3.", "4.", "5."]
    assert all(re.search(r"\d", sentence[2:]) for sentence in sentences)


def test_each_strained_state_has_its_reasons(run, sheets):
    lines = notes(sheets, "Summary", "What drives strain where it is highest")
    ranked = sorted(run.states, key=lambda code: -run.statistics.any_year("red", run.baseline, code))
    names = {state.code: state.name for state in run.case.budgets.states}
    assert [line.split(",")[0] for line in lines] == [names[code] for code in ranked[:3]]
    red = run.statistics.probability("red", run.baseline, ranked[0])
    t = int(red.argmax())
    mean = {
        name: run.statistics.mean(name, run.baseline, ranked[0])[t] for name in ("committed", "investment")
    }
    assert f"EUR {100 * mean['committed'] / mean['investment']:.1f} are signed for before" in lines[0]
    assert f"to a probability of red of {100.0 * red[t]:.1f} %" in lines[0]


def test_the_heat_map_holds_every_scenario_and_says_the_baseline_in_words(run, monkeypatch):
    monkeypatch.setattr("forecaster.sheets.summary.red.BESIDE", 2)
    parts = [entry for entry in summary.summary(run).tables if entry.name.startswith("heat")]
    assert len(parts) == -(-len(run.settings.scenarios) // 2)
    for number, name in enumerate(run.settings.scenarios):
        for code in (*run.states, "EU"):
            found = shown(parts[number // 2], code, name)
            assert found == run.statistics.any_year("red", name, code)
    words = {shown(parts[0], code, run.baseline): shown(parts[0], code, "word") for code in run.states}
    for share, word in words.items():
        reached = [step for step, *_ in HEAT if share >= step]
        assert word == (OFTEN[max(reached)] if reached else SELDOM)


def test_the_worst_year_is_the_worst(run, sheets):
    entry = table(sheets, "Summary", "states")
    for code in run.states:
        red = run.statistics.probability("red", run.baseline, code)
        assert shown(entry, code, "year") == run.years[int(red.argmax())]
        assert shown(entry, code, "red") == red.max()
    own = sum(run.statistics.mean("eu_budget", run.baseline, code).sum() for code in run.states)
    assert shown(entry, "sum", "own") == pytest.approx(own)


def test_states_in_red_are_counted_together(run, sheets):
    entry = table(sheets, "Summary", "count")
    shares = run.statistics.at_once("red", "squeeze")
    counts = np.repeat(np.arange(shares.shape[1]), np.rint(shares[4] * run.statistics.paths).astype(int))
    assert shown(entry, ("squeeze", "mean"), run.years[4]) == pytest.approx(counts.mean())
    assert shown(entry, ("squeeze", "P95"), run.years[4]) == np.quantile(counts, 0.95, method="inverted_cdf")
