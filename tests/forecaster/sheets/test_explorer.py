"""The Explorer sheet: its first pick against the run, other picks after recalculation by LibreOffice."""

import openpyxl
import pytest
from explored import check, others, rewritten, shown, switch_and_check
from recalculate import all_recalculated

from forecaster.report.sheet import Cells
from forecaster.sheets.explorer import picks
from forecaster.workbook import content
from models.arrays import UNION


def test_the_first_pick_is_shown_where_nothing_is_recalculated(run, layout, book):
    check(run, shown(layout, book), run.baseline, picks.first(run).place.code)


def test_only_what_was_run_can_be_picked(run, layout, book):
    file = openpyxl.load_workbook(book)
    lists = {str(rule.sqref): rule for rule in file["Explorer"].data_validations.dataValidation}
    file.close()
    for ref, options in ((picks.SCENARIO, run.settings.scenarios), (picks.PLACE, (*run.states, UNION))):
        rule = lists[layout.address(ref, "Explorer").replace("$", "")]
        assert (rule.type, rule.showErrorMessage, rule.allow_blank) == ("list", True, True)
        first, last = rule.formula1.replace("$", "").split(":")
        assert int(last[1:]) - int(first[1:]) + 1 == len(options)


def test_the_sheet_says_that_nothing_is_simulated_again(sheets):
    explorer_sheet = next(sheet for sheet in sheets if sheet.name == "Explorer")
    said = " ".join(explorer_sheet.blocks[0].lines)
    assert "Excel does not run the simulation again" in said
    assert "In Protected View" in said


@pytest.mark.libreoffice
def test_five_other_picks_give_the_figures_of_the_run(run, layout, book, tmp_path):
    pairs = others(run, 5)
    assert pairs[-1] == (run.settings.scenarios[-1], UNION)
    switch_and_check(run, layout, book, tmp_path, pairs)


@pytest.mark.libreoffice
def test_a_sheet_sorted_anew_is_told(run, layout, book, tmp_path):
    key = (run.baseline, picks.first(run).place.code, 2030)
    texts = {layout.place(Cells("Money", "money").at(key, "code")): "XX"}
    (fresh,) = all_recalculated([rewritten(book, tmp_path / "sorted.xlsx", "Money", texts)], tmp_path)
    assert shown(layout, fresh).at(picks.CHOICE.at("holds", "found")) == "FAIL"


def test_one_state_can_be_explored_alone(run):
    alone = run.of("NO")
    assert picks.first(alone).place.code == "NO"
    assert content(alone)
