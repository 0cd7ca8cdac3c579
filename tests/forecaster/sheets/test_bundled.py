"""The workbook of the bundled case: size, recalculation, figures that can be looked up elsewhere."""

import io
import time

import openpyxl
import pytest
from chains import agree, by_hand, steps
from explored import others, switch_and_check
from measured import assert_within
from recalculate import differences
from recalculate import values as shown

from forecaster.case import bundled_case
from forecaster.case.settings import settled
from forecaster.explain.chain import chain
from forecaster.pipeline import run as simulated
from forecaster.report.layout import Layout
from forecaster.sheets import checks
from forecaster.sheets import report as sheets
from forecaster.sheets.inputs import FIGURES, inputs
from forecaster.workbook import content
from forecaster.workbook.printing import breaks, repeated, scale

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def whole():
    return simulated(settled(bundled_case(), paths=1024))


@pytest.fixture(scope="module")
def report(whole, tmp_path_factory):
    path = tmp_path_factory.mktemp("whole") / "report.xlsx"
    path.write_bytes(content(whole))
    return path


@pytest.fixture(scope="module")
def values(report):
    """Value of each cell that is not empty, by address."""
    return shown(report)


def test_controls_hold(whole):
    assert [check.name for check in whole.checks if not check.passed] == []
    assert checks.passed(whole)


def test_size(report, values):
    assert report.stat().st_size < 3_000_000
    assert len(values) < 350_000


@pytest.mark.parametrize(
    ("state", "year", "scenario"),
    [("PL", 2028, "baseline"), ("IE", 2027, "recession"), ("MT", 2035, "baseline")],
)
def test_chains_equal_the_cells(whole, values, state, year, scenario):
    found = chain(whole, state, year, scenario, whole.case)
    assert agree(found, values) >= 20
    for step in steps(found):
        if (value := by_hand(step.formula)) is not None:
            assert value == pytest.approx(step.value, rel=2e-4, abs=1e-6), step


def test_27_books_of_ministries_are_written_in_a_minute(whole, tmp_path):
    books = []

    def seconds() -> float:
        start = time.process_time()
        books[:] = [content(whole.of(code)) for code in whole.states]
        return time.process_time() - start

    (tmp_path / "one.xlsx").write_bytes(content(whole.of(whole.states[0])))
    assert_within(40, seconds, tmp_path / "one.xlsx")  # 13 times; a minute where that takes 1.5 s
    assert len(books) == 27
    polish = openpyxl.load_workbook(io.BytesIO(books[whole.states.index("PL")]), read_only=True)
    assert "Currencies" in polish.sheetnames
    polish.close()


def test_print_can_be_read(whole):
    """10 points on the screen are at least 5.8 on paper, in a workbook that shows every state."""
    small = {page.sheet.name: scale(page) for page in Layout(sheets(whole)).pages if scale(page) < 0.58}
    assert small == {}


def test_no_table_goes_on_over_a_page_without_titles(whole):
    """Effects of assumptions, standings under the fiscal rules and what scenarios ask had none."""
    for page in Layout(sheets(whole)).pages:
        first = titles[0] if (titles := repeated(page)) else page.bottom
        untitled = [placed for placed in page.tables if placed.heads < first]
        for placed in untitled:
            cuts = [row for row in breaks(page) if placed.first < row <= placed.bottom]
            assert cuts == [], (page.sheet.name, placed.table.title)


@pytest.mark.libreoffice
def test_recalculation_gives_the_same_values(report, tmp_path):
    count, worst, wrong = differences(report, tmp_path)
    assert wrong == {}
    assert count > 1500
    assert worst <= 1e-9


@pytest.mark.libreoffice
def test_other_picks_give_the_figures_of_the_run(whole, report, tmp_path):
    switch_and_check(whole, Layout(sheets(whole)), report, tmp_path, others(whole, 2))


@pytest.mark.parametrize(
    ("code", "year", "billion"),
    # SIPRI Military Expenditure Database, EUR billion at current prices
    [("DE", 2025, 100.7), ("PL", 2025, 41.5), ("MT", 2025, 0.111), ("FR", 2024, 58.7)],
)
def test_spot_values_trace_to_cells(whole, code, year, billion):
    figure = whole.case.budgets.figure("spending", code, year)
    (entry,) = inputs(whole).tables
    row = next(row for row in entry.rows if row.key == figure.place)
    assert entry.name == FIGURES.table
    assert row.cells[3] / 1000 == pytest.approx(billion, abs=0.05 if billion > 1 else 0.0006)
    assert row.cells[9]
    assert row.cells[11]
