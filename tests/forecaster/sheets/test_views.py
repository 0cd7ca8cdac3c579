"""What is said where a run shows one state, some of the states, or one year."""

from dataclasses import replace

import pytest
from invented.union import invented, with_lines

from forecaster import findings
from forecaster.case.differences import from_bundled
from forecaster.case.settings import settled
from forecaster.findings import answer
from forecaster.findings.fiscal import public_finances
from forecaster.findings.strained import most_strained, reasons
from forecaster.pipeline import run as simulated
from forecaster.report import places
from forecaster.report.sheet import Gallery, Notes
from forecaster.report.styles import amount, euros
from forecaster.run import Run
from forecaster.sheets import report


@pytest.fixture(scope="module")
def one(tmp_path_factory) -> Run:
    """The state of the union that is red least often, alone."""
    case = invented(tmp_path_factory.mktemp("one") / "case")
    least = most_strained(simulated(settled(case, paths=1024)))[-1].code
    return simulated(settled(case, states=(least,), paths=1024))


@pytest.fixture(scope="module")
def year(tmp_path_factory) -> Run:
    """A year in which nothing of the programme is paid yet."""
    return simulated(settled(invented(tmp_path_factory.mktemp("year") / "case"), years=1, paths=1024))


def text(run: Run, name: str) -> str:
    """All notes of a sheet, of blocks and of tables."""
    sheet = next(sheet for sheet in report(run) if sheet.name == name)
    told = [block.lines for block in sheet.blocks if isinstance(block, Notes)]
    return " ".join(line for lines in (*told, *(table.notes for table in sheet.tables)) for line in lines)


def test_no_state_is_called_the_most_strained_because_others_are_not_shown(run, one):
    whole = text(run, "Summary")
    assert "the state with the highest probability of red in a single year. To see another state" in whole
    alone = text(one, "Summary")
    assert "highest probability of red" not in alone
    assert f"{places.states(one)[0].name}, the state shown. To see the union (EU)" in alone
    assert "To see the union (EU)" in text(one, "Obligations")


def test_states_in_red_are_told_of_all_states(tmp_path):
    part = simulated(settled(invented(tmp_path / "case"), states=("AL", "NO"), paths=1024))
    told = " ".join(findings.findings(part))
    assert " of all 3 states are in red in " in told
    assert "on average" in told
    assert "of all 3 are in red in its worst year" in told
    assert "in 2035: contracts yet to be signed are not in these figures." in told
    assert "the state with the highest probability of red in a single year of those shown" in text(
        part, "Summary"
    )


def test_a_single_state_is_not_counted_among_states(one, tmp_path):
    name = places.states(one)[0].name
    told = public_finances(one)
    assert "Of 1 states" not in told
    assert "furthest above it" not in told
    assert f"{name} alone: " in told
    few = simulated(settled(invented(tmp_path / "case"), states=("NO", "AL", "BO"), paths=1024))
    assert "Of 3 states 2 have a published deficit" in public_finances(few)
    assert "of those shown" not in public_finances(few)


def test_debt_is_furthest_from_its_path_among_the_states_shown(tmp_path):
    """Of Malta and Cyprus alone it had been said that no debt of all states is further than Cyprus's."""
    part = simulated(settled(invented(tmp_path / "case"), states=("AL", "NO"), paths=1024))
    assert "; of those shown, furthest above it is " in public_finances(part)


def test_one_year_is_no_span_and_no_worst_of_many(year):
    assert year.horizon == "2026"
    told = " ".join((*findings.findings(year), text(year, "Summary"), text(year, "Outlays")))
    assert "2026 to 2026" not in told
    assert "any other year" not in told
    assert "the worst year, and" not in told
    assert "contracts yet to be signed" not in told


def test_who_joins_a_contract_does_not_hang_on_the_years_looked_at(year, run):
    """No call falls in the year, yet nobody is said to stand aside."""
    assert not year.statistics.mean("gross_call", year.baseline, "EU").any()
    for code in year.states:
        assert places.takes_part(year, code) == places.takes_part(run, code)
        assert places.takes_part(run, code) == run.statistics.mean("gross_call", run.baseline, code).any()
    assert "assumed to join no contract" not in " ".join(reasons(year))


def test_a_state_that_only_a_line_names_takes_part(tmp_path):
    case = invented(tmp_path / "case")
    aside = with_lines(case, {line.id: {"participants": {"AL": 1.0}} for line in case.programme.lines})
    found = simulated(settled(aside, paths=1024))
    assert [places.takes_part(found, code) for code in ("AL", "BO", "NO")] == [True, False, False]


def test_an_empty_table_says_why_it_is_empty(run, tmp_path):
    assert "No scenario of this run moves a lever." not in text(run, "Scenarios")
    bare = simulated(settled(invented(tmp_path / "case"), scenarios=("baseline",), paths=1024))
    assert "No scenario of this run moves a lever." in text(bare, "Scenarios")


def test_no_effect_is_no_states_effect(year):
    assert findings.effect(year) == (
        "The programme itself does not move the probability of red in any state shown."
    )
    assert "Programme's own effect on the probability of red: none." in answer.answer(year)


@pytest.mark.parametrize(
    ("millions", "told"),
    [(333.2, "333"), (1234.5, "1,234"), (22.17, "22.2"), (1.63, "1.6"), (0.384, "0.38"), (0.0, "0.0")],
)
def test_small_amounts_keep_their_digits(millions, told):
    assert amount(millions) == told
    assert euros(millions) == f"EUR {told} m"


def about(run: Run) -> dict[str, str]:
    """What the Cover says of a run."""
    cover = next(sheet for sheet in report(run) if sheet.name == "Cover")
    table = next(table for table in cover.tables if table.name == "about")
    return {row.key: row.cells[1] for row in table.rows}


def test_the_cover_names_what_was_changed(one):
    rows = about(one)
    assert not {"assumptions", "changes"} & set(rows)
    assert rows["figures"].endswith(" more")
    assert rows["settings of the run"].startswith(
        f"{len(one.changed['settings of the run'])} changed from the bundled case: "
    )
    assert "states" in rows["settings of the run"]


def test_the_cover_says_where_nothing_was_changed(one, monkeypatch):
    monkeypatch.setattr(from_bundled, "bundled_case", lambda: one.case)
    assert about(replace(one))["changes"] == "nothing differs from the bundled case"


def drawn(run: Run, *names: str) -> list[str]:
    """Titles of the charts of sheets."""
    blocks = [block for sheet in report(run) if sheet.name in names for block in sheet.blocks]
    return [chart.title for block in blocks if isinstance(block, Gallery) for chart in block.charts]


def test_no_chart_is_drawn_of_nothing(run, year):
    money = ("net call", "what flows into contracts", "contract outlays", "Outlays on contracts", "from plan")
    for told in money:
        assert any(told in title for title in drawn(run, "Explorer", "Outlays", "Drivers"))
        assert not any(told in title for title in drawn(year, "Explorer", "Outlays", "Drivers"))
    assert len(drawn(year, "Explorer")) == 2
    titles = next(table for table in report(year)[2].tables if table.name == "titles")
    assert [row.key for row in titles.rows] == ["fan", "red"]
