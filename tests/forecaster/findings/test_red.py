"""Sentences on red: what it means, where it never comes, who comes first, the hardest scenario."""

import re
from dataclasses import replace

import numpy as np
from on_sheets import text

from forecaster import findings
from forecaster.case.settings import settled
from forecaster.findings import answer, ministry
from forecaster.findings.hardest_scenario import hardest, hardest_for
from forecaster.findings.judged import NEITHER
from forecaster.findings.red import most_strained
from forecaster.findings.strained import reasons
from forecaster.pipeline import run as simulated
from forecaster.report.sheet import Notes
from forecaster.sheets import report


def test_red_is_said_to_be_what_its_threshold_says(usual, early):
    names = ("Cover", "Summary", "Strain", "Explorer")
    assert "promises exceed investment money" in text(usual, *names)
    assert "100 % all of it is promised" in text(usual, "Explorer")
    shown = text(early, *names).replace("Above 100 % promises exceed the money.", "")
    told = " ".join((shown, *answer.answer(early), *ministry.findings(early.of("AL"))))
    assert "exceed investment money" not in told
    assert "exceed the money" not in told
    assert "all of it is promised" not in told
    assert "(contracts exceed 40 % of investment money)" in told
    assert "where money runs out" not in told
    glossary = next(table for sheet in report(early) if sheet.name == "Key" for table in sheet.tables[-1:])
    assert any("promises exceed 40 % of money" in str(cell) for row in glossary.rows for cell in row.cells)


def test_no_red_is_told_as_such(never):
    told = findings.findings(never)
    assert told[3] == "4. On no path is any state in red in 'baseline'."
    assert told[4].startswith("5. None of the ")
    assert "no path" in answer.answer(never)[3]
    assert "does not move the probability of red" in told[2]
    assert NEITHER in told[2]
    assert "highest probability of red" not in text(never, "Summary")
    assert "most strained" not in text(never, "Obligations")
    alone = ministry.findings(never.of("AL"))
    assert alone[3] == "On no path is Alderland in red in 'baseline'."


def test_a_state_red_on_no_path_is_looked_at_in_one_year_on_all_sheets(never):
    tables = {(sheet.name, table.name): table for sheet in report(never) for table in sheet.tables}
    chosen = {
        name: {
            row.cells[0]: row.cells[[column.key for column in tables[name].columns].index("year")]
            for row in tables[name].rows
        }
        for name in (("Summary", "states"), ("Drivers", "shares by state"), ("Breaking points", "points"))
    }
    for code in never.states:
        strained = never.years[int(never.statistics.mean("strain", never.baseline, code).argmax())]
        assert {years[code] for years in chosen.values()} == {strained}
    for name in ("Summary", "Drivers"):
        assert "a state that is red on no path (3 of 3) is that of its highest mean strain" in text(
            never, name
        )


def test_the_mildest_of_two_scenarios_is_not_the_hardest(case, usual):
    assert hardest(usual).startswith("The hardest scenario is '")
    mild = tuple(
        table.model_copy(update={"levers": {"budget": 1.2}}) if table.id == "squeeze" else table
        for table in case.scenarios
    )
    milder = simulated(settled(replace(case, scenarios=mild), paths=1024, scenarios=("squeeze",)))
    told = "The scenario 'squeeze' is not harder than 'baseline': red comes no more often."
    assert hardest(milder) == told
    assert hardest_for(milder, "AL") == told


def test_one_state_is_likely_where_others_are(usual, monkeypatch):
    likely = {"baseline": 0, "squeeze": 1}
    place = "forecaster.findings.hardest_scenario"
    monkeypatch.setattr(f"{place}._likely_red", lambda _, name: likely.get(name, 0))
    monkeypatch.setattr(f"{place}._mean_red", lambda _, name: 0.12 + 0.01 * likely.get(name, 0))
    told = hardest(usual)
    assert "'squeeze': 1 of 3 states is more likely than not" in told
    assert "on average 0.13 of all 3 are in red in its worst year, against 0.12." in told


def test_where_red_is_on_no_path_nothing_is_said_to_drive_it(never, usual):
    assert reasons(never) == ()
    heads = [[block.title for block in sheet.blocks if isinstance(block, Notes)] for sheet in report(never)]
    assert "What drives strain where it is highest" not in heads[1]
    assert len(reasons(usual)) == 3


def test_cover_summary_and_answer_rank_states_by_the_figure_they_tell(usual, monkeypatch):
    """A state may be in red in some year more often than another and yet in no single year."""
    red = {"AL": (0.20, 0.0), "BO": (0.15, 0.14), "NO": (0.0, 0.16), "EU": (0.0, 0.0)}
    statistics, later = type(usual.statistics), [0.0] * (len(usual.years) - 2)
    monkeypatch.setattr(statistics, "probability", lambda *asked: np.array([*red[asked[-1]], *later]))
    monkeypatch.setattr(statistics, "any_year", lambda *asked: sum(red[asked[-1]]))
    assert [place.code for place in most_strained(usual)] == ["AL", "NO", "BO"]
    assert "AL 20 % in 2026, NO 16 % in 2027, BO 15 % in 2026" in answer.answer(usual)[3]
    for told in (findings.expectations(usual)[0], findings.findings(usual)[3]):
        assert re.findall(r"red in (\d+) % of paths", told) == ["20", "16", "15"]
    assert "1 of the other 2 states is more strained, each in its worst year." in ministry.strained(
        usual.of("NO")
    )


def test_where_no_state_shown_is_ever_red_none_is_called_most_strained(usual, monkeypatch):
    """ "Most strained, each in its worst year: none of the states shown" had said nothing."""
    monkeypatch.setattr(type(usual.statistics), "probability", lambda *_: np.zeros(len(usual.years)))
    told = findings.expectations(usual)[0]
    assert told.startswith("On no path is any state shown in red in 'baseline'. On average ")


def test_where_red_is_alike_the_highest_strain_is_told_first(never):
    strain = [
        never.statistics.mean("strain", never.baseline, place.code).max() for place in most_strained(never)
    ]
    assert strain == sorted(strain, reverse=True)
    assert [place.code for place in most_strained(never)] != sorted(never.states)
