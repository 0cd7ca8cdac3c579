"""The Drivers sheet, the ranges on Strain, the order of assumptions and the sentences, against their run."""

import re
import zipfile
from dataclasses import replace

import numpy as np
import pytest
from on_sheets import shown, table

from forecaster.drivers import PROGRAMME
from forecaster.drivers.judgements import JUDGEMENTS, NEW, SIGNED
from forecaster.findings import expectations, findings
from forecaster.findings.judged import judgement, signed
from forecaster.findings.strained import reasons
from forecaster.report.formulas import number
from forecaster.report.layout import Layout
from forecaster.report.sheet import Chart, Notes
from forecaster.report.tornado import state_swings
from forecaster.sheets import judgements, report
from forecaster.sheets.judgements import AS_IT_STANDS, OWN
from models.arrays import UNION

SWING = ("low", "high", "swing", "error")


def test_the_range_is_the_runs(run, sheets):
    entry = table(sheets, "Judgements", "range")
    for code in (*run.states, UNION):
        red = run.statistics.probability("red", run.baseline, code)
        low, high = run.judgements.lowest(code, red), run.judgements.highest(code, red)
        for t, year in enumerate(run.years):
            key = (code, year)
            assert shown(entry, key, "red") == red[t]
            assert shown(entry, key, "low") == pytest.approx(low[t], abs=1e-9)
            assert shown(entry, key, "high") == pytest.approx(high[t], abs=1e-9)
            assert shown(entry, key, "more committed") >= 0.0 >= shown(entry, key, "less committed")


def test_who_gives_an_end_is_named(run, sheets):
    entry = table(sheets, "Judgements", "range")
    names = run.judgements.names
    for row in entry.rows:
        points = [shown(entry, row.key, name) for name in names]
        by = shown(entry, row.key, "high by")
        assert by == (names[points.index(max(points))] if max(points) > 0.0 else AS_IT_STANDS)
        wider = shown(entry, row.key, "width") > abs(shown(entry, row.key, "effect"))
        assert shown(entry, row.key, "wider") == ("yes" if wider else "no")


def test_what_is_new_is_shown_at_both_ends_and_in_no_range(run, sheets):
    """The design asks for it at 0 and 1: of all judgements it moves the programme's own effect most."""
    entry = table(sheets, "Judgements", "range")
    far = replace(run.judgements, red_new=np.array([run.judgements.red - 0.9, run.judgements.red + 0.9]))
    other = table([judgements.judgements(replace(run, judgements=far))], "Judgements", "range")
    for row in entry.rows:
        code, year = row.key
        told = run.judgements.changes_by_new(code)[:, run.years.index(year)]
        assert [shown(entry, row.key, name) for name in NEW] == pytest.approx(
            (100.0 * told).tolist(), abs=1e-9
        )
        assert [shown(other, row.key, name) for name in NEW] == pytest.approx([-90.0, 90.0])
        for end in ("low", "high"):
            assert shown(other, row.key, end) == shown(entry, row.key, end)


def test_strain_shows_the_range_in_the_baseline_only(run, sheets):
    strain, ranges = table(sheets, "Strain", "strain"), table(sheets, "Judgements", "range")
    for year in run.years:
        for column in ("low", "high"):
            found = shown(strain, (run.baseline, "NO", year), column)
            assert found == shown(ranges, ("NO", year), column)
            assert shown(strain, ("squeeze", "NO", year), column) is None


def test_a_ministrys_own_contracts_are_told(run):
    own = run.judgements.own.copy()
    own[run.judgements.places.index("NO"), 0] = True
    told = judgements.judgements(replace(run, judgements=replace(run.judgements, own=own)))
    entry = table([told], "Judgements", "range")
    assert shown(entry, ("NO", run.years[0]), "rests") == OWN
    assert shown(entry, ("NO", run.years[1]), "rests") != OWN


def test_the_tornado_shows_the_widest_first(sheets):
    for figure in ("gap", "net call"):
        entry = table(sheets, "Drivers", figure)
        swings = [shown(entry, row.key, "swing") for row in entry.rows]
        assert swings == sorted(swings, reverse=True)
        assert len(swings) == 12
    # none side by side: in half of the width names broke over two lines, and every second one went
    blocks = next(sheet for sheet in sheets if sheet.name == "Drivers").blocks
    charts = [block for block in blocks if isinstance(block, Chart)]
    assert [chart.lying for chart in charts] == [True, True]
    assert [len(chart.bars) for chart in charts] == [2, 2]


def test_what_moves_a_figure_is_told_in_words_with_its_unit(run, sheets):
    """A chart for readers had keys such as capacity.pass_below beside its bars, and its table no unit."""
    notes = {key: record.note for key, record in run.case.records.items()}
    for figure in ("gap", "net call"):
        entry = table(sheets, "Drivers", figure)
        assert {column.unit for column in entry.columns if column.key in SWING} == {"EUR m"}
        kinds = {shown(entry, row.key, "name"): shown(entry, row.key, "kind") for row in entry.rows}
        assert "driver" in kinds.values()
        assumed = {words: key for words, key in kinds.items() if key != "driver"}
        assert assumed
        for words, key in assumed.items():
            assert notes[key].lower().startswith(words.lower())
    by_state = table(sheets, "Drivers", "swings by state")
    kinds = {shown(by_state, row.key, "kind") for row in by_state.rows}
    assert kinds & notes.keys()
    assert kinds <= {"driver", *notes}


def test_every_bar_of_a_tornado_has_its_name(book):
    """Names too long for one line had left every second bar without."""
    with zipfile.ZipFile(book) as archive:
        parts = [archive.read(name).decode() for name in archive.namelist() if "xl/charts/chart" in name]
    lying = [chart for chart in parts if '<c:barDir val="bar"/>' in chart]
    assert lying
    assert all('<c:tickLblSkip val="1"/>' in chart for chart in lying)


def test_shares_and_their_sums(run, sheets):
    entry = table(sheets, "Drivers", "shares")
    found = run.drivers
    for k, name in enumerate(found.families):
        assert shown(entry, name, ("gap", "total")) == found.shares.total[k, -2]
        assert shown(entry, name, ("net call", "first")) == found.shares.first[k, -3]
    assert shown(entry, "sum", ("states in red", "first")) == pytest.approx(
        found.shares.first.sum(axis=0)[-1]
    )
    assert shown(entry, "sum", ("gap", "total error")) == found.shares.total_sum_error[-2]
    by_state = table(sheets, "Drivers", "shares by state")
    assert shown(by_state, "NO", "defence budgets") == found.shares.total[0, found.places.index("NO")]
    assert shown(by_state, "NO", "year") == run.years[found.focus.worst[found.places.index("NO")]]


def test_each_state_has_its_strongest(run, sheets):
    entry = table(sheets, "Drivers", "swings by state")
    strongest = state_swings(run.drivers, "NO")[0]
    assert strongest.name in {shown(entry, ("NO", 1), "name"), shown(entry, ("NO", 1), "kind")}
    assert shown(entry, ("NO", 1), "swing") == pytest.approx(100.0 * strongest.size)
    assert len(entry.rows) == 5 * len(run.states)


def test_assumptions_stand_by_their_effect(run, sheets):
    effects = {effect.ends.key: 100.0 * effect.size for effect in run.drivers.effects}
    entry = table(sheets, "Effects", "effects")
    assert [row.key for row in entry.rows] == list(effects)
    for key, size in effects.items():
        assert shown(entry, key, "size") == size
    listed = table(sheets, "Assumptions", "assumptions")
    moves = [shown(listed, row.key, "moves") for row in listed.rows]
    known = [move for move in moves if move is not None]
    assert known == sorted(known, reverse=True)
    assert moves[: len(known)] == known
    assert str(listed.rows[0].key).split("[")[0] == next(iter(effects))


def test_the_longest_tables_print_their_titles_on_all_pages(sheets):
    """A sheet repeats the titles of one table only, its last: ranges and effects have sheets of their own."""
    names = {sheet.name: [entry.name for entry in sheet.tables] for sheet in sheets}
    assert names["Drivers"][-1] == "swings by state"
    assert names["Judgements"] == ["range"]
    assert names["Effects"] == ["effects"]


def test_without_drivers_the_ranges_remain(run):
    sheets = report(replace(run, drivers=None))
    (found,) = (sheet for sheet in sheets if sheet.name == "Drivers")
    assert found.tables == ()
    assert "Effects" not in {sheet.name for sheet in sheets}
    assert table(sheets, "Judgements", "range").rows
    assert "were left out" in next(block for block in found.blocks if isinstance(block, Notes)).lines[0]
    assert Layout(sheets)
    keys = list(run.case.records)
    listed = [str(row.key).split("[")[0] for row in table(sheets, "Assumptions", "assumptions").rows]
    assert list(dict.fromkeys(listed)) == keys


def test_sentences_rest_on_what_was_computed(run):
    told = findings(run)
    assert "the range over the ruling judgements" in told[2]
    assert "is the programme" in told[3]
    driven = reasons(run)
    assert len(driven) == 3
    assert all("What moves it most: " in line and "The programme adds" in line for line in driven)
    assert not any("What moves it" in line for line in reasons(replace(run, drivers=None)))


def test_what_moves_strain_is_what_the_shares_say(run, sheets):
    """The second answer of the cover names the families that the table of shares puts first."""
    told = expectations(run)[1]
    shares = table(sheets, "Drivers", "shares")
    column = [column.key for column in shares.columns].index(("states in red", "total"))
    part = {row.cells[1]: row.cells[column] for row in shares.rows if row.key in run.drivers.families}
    most = sorted(part, key=lambda name: -part[name])[:3]
    assert ", ".join(f"{name} ({100.0 * part[name]:.0f} %)" for name in most) in told
    own = shown(shares, "programme", ("states in red", "total"))
    assert own == pytest.approx(sum(part[name] for name in PROGRAMME))
    assert f"the programme's own drivers together: at most {100.0 * own:.2f} % (sheet Drivers)" in told
    assert "pledges" not in told
    alone = expectations(run.of("AL"))[1]
    worst = run.years[run.drivers.focus.worst[run.drivers.places.index("AL")]]
    assert f"What moves strain in {worst} most" in alone
    without = expectations(replace(run, drivers=None))[1]
    assert without.endswith("What moves it most was left out of this run (sheet Drivers).")
    assert "%" in without


def test_judgement_is_told_where_it_outweighs_the_programme_and_where_not(run):
    assert judgement(run).startswith("Judgement moves it more in the worst year of 3 of 3 states: there ")
    calm = replace(run.judgements, red_if=np.broadcast_to(run.judgements.red, run.judgements.red_if.shape))
    assert "The programme's own effect is wider" in judgement(replace(run, judgements=calm))


def test_how_much_is_signed_for_is_moved_by_points(run):
    """A share of 0.05 is told as readers know it, beside effects in points."""
    assert signed(run).startswith("Taken 5 points higher or lower, it moves the probability of red")
    assert {JUDGEMENTS[name].about for name in SIGNED} == {
        "share of planned investment already committed 5 points higher",
        "share of planned investment already committed 5 points lower",
    }


def test_the_width_is_a_formula_of_the_ends(sheets):
    entry = table(sheets, "Judgements", "range")
    keys = [column.key for column in entry.columns]
    for row in entry.rows[:5]:
        cells = dict(zip(keys, row.cells, strict=True))
        assert number(cells["width"]) == pytest.approx(100.0 * (number(cells["high"]) - number(cells["low"])))


def test_assumptions_are_told_in_words(run, sheets):
    """The sentence on assumptions says what each is, not its key alone."""
    (told,) = (
        line
        for sheet in sheets
        if sheet.name == "Drivers"
        for line in sheet.blocks[0].lines
        if line[:2] == "3."
    )
    for effect in run.drivers.effects[:3]:
        note = run.case.records[effect.ends.key].note
        words = re.split(r"[.,;:] |[.]$", note)[0]
        assert f"{words[:1].lower()}{words[1:]} ({effect.ends.key}, " in told
