"""What holds for every sheet and every formula of a workbook."""

import itertools
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import openpyxl
import pytest
from contrast import contrast
from recalculate import differences, errors, formulas, values

from forecaster.report.fans import PERCENTILES
from forecaster.report.formulas import number as shown_number
from forecaster.report.layout import FIRST_ROW, Layout, Page, is_number, unit_of
from forecaster.report.sheet import Chart, Formula, Gallery, Sheet, Span, Table
from forecaster.report.styles import PAPER, shown
from forecaster.sheets import SHEETS
from forecaster.verify.rules import CONSTANTS, FUNCTIONS, LONGEST
from forecaster.workbook.heights import PLAIN_POINTS

HIGHEST = 160.0
"""Points of what stays in view at the top of a sheet: less than half of a small screen."""


class Placed(NamedTuple):
    """A formula where it stands. row, column: counted from 0."""

    sheet: str
    row: int
    column: int
    text: str

    @property
    def pattern(self) -> str:
        """The formula with each address as a distance from its own cell: equal for copies of one formula."""
        return re.sub(r"(\$?)([A-Z]{1,3})(\$?)(\d+)", self._distance, self.text)

    def _distance(self, match: re.Match[str]) -> str:
        across, letters, down, digits = match.groups()
        column = sum((ord(c) - 64) * 26**i for i, c in enumerate(reversed(letters))) - 1
        left = f"C{column}" if across else f"C[{column - self.column}]"
        top = f"R{int(digits) - 1}" if down else f"R[{int(digits) - 1 - self.row}]"
        return top + left


def tables(layout: Layout) -> Iterator[tuple[Table, list[list[Placed | None]]]]:
    """Each table with the formulas of its rows."""
    for page in layout.pages:
        for placed in page.tables:
            home = page.sheet.name
            yield (
                placed.table,
                [
                    [
                        Placed(home, number, i, layout.text(cell, home))
                        if isinstance(cell, Formula)
                        else None
                        for i, cell in enumerate(row.cells)
                    ]
                    for number, row in enumerate(placed.table.rows, placed.first)
                ],
            )


def everywhere(layout: Layout) -> Iterator[Placed]:
    for _, rows in tables(layout):
        yield from (cell for row in rows for cell in row if cell)


def bare(text: str) -> str:
    """A formula without its texts in quotes."""
    return re.sub(r'"[^"]*"', '""', text)


def unlike(rows: list[list[Placed | None]]) -> list[list[Placed]]:
    """Rows or columns of formulas that are not copies of one."""
    found = [[cell for cell in row if cell] for row in rows]
    return [row for row in found if len({cell.pattern for cell in row}) > 1]


def by_year(table: Table) -> bool:
    return any(isinstance(column.key, int) for column in table.columns)


EACH_ITS_OWN = {
    ("about", "value"),
    ("choice", "found"),
    ("titles", "title"),
    ("bars", "from"),
    ("bars", "to"),
    ("master", "made"),
    ("master", "held"),
    ("live", "found"),
    ("live", "expected"),
    ("investment by source", "used"),
}
"""Columns whose rows are about different things: each cell has a formula of its own."""


def broken(table: Table, rows: list[list[Placed | None]]) -> list[list[Placed]]:
    """Where a formula differs from its neighbours: along the years of a row, or down a column of records."""
    if by_year(table):
        years = [i for i, column in enumerate(table.columns) if isinstance(column.key, int)]
        return unlike([[row[i] for i in years] for row in rows])
    records = [row for row, entry in zip(rows, table.rows, strict=True) if not entry.strong]
    columns = [
        [row[i] for row in records]
        for i, column in enumerate(table.columns)
        if (table.name, column.key) not in EACH_ITS_OWN
    ]
    return unlike(columns)


def test_the_order_of_the_sheets(sheets):
    names = [re.sub("[ -]", "_", sheet.name.lower()) for sheet in sheets]
    assert names == [build.__name__ for build in SHEETS]


def test_titles_and_questions(sheets):
    assert all(sheet.title and sheet.question.endswith("?") for sheet in sheets)


def test_every_number_has_a_unit(sheets):
    bare_numbers = [
        (sheet.name, table.name, row.key, column.title)
        for sheet in sheets
        for table in sheet.tables
        for row in table.rows
        for column, cell in zip(table.columns, row.cells, strict=True)
        if is_number(cell) and not unit_of(row, column)
    ]
    assert bare_numbers == []


def test_formulas_are_short(layout):
    assert [cell for cell in everywhere(layout) if len(cell.text) >= LONGEST] == []


def test_formulas_use_shared_functions_only(layout):
    used = {name for cell in everywhere(layout) for name in re.findall(r"([A-Z.]+)\(", bare(cell.text))}
    assert used <= FUNCTIONS


def test_formulas_hold_no_figures(layout):
    found = {
        number
        for cell in everywhere(layout)
        for number in re.findall(r"(?<![A-Za-z$\d.])\d[\d.]*(?![\d.]*[A-Za-z])", bare(cell.text))
    }
    assert found <= CONSTANTS


def test_rows_hold_one_formula(layout):
    assert [cells for table, rows in tables(layout) for cells in broken(table, rows)] == []


def test_a_broken_row_is_found():
    copies = [Placed("S", 4, 5, "=E5+$D5"), Placed("S", 4, 6, "=F5+$D5")]
    assert unlike([list(copies)]) == []
    assert unlike([[*copies, Placed("S", 4, 7, "=F5+$D5")]])


def percentile_cells(layout: Layout) -> set[tuple[str, int, int]]:
    """Sheet, row and column of every percentile: named so in its row, or above its column."""
    found = set()
    for page in layout.pages:
        for placed in page.tables:
            for number, row in enumerate(placed.table.rows, placed.first):
                in_row = any(re.search(r"\bP\d+\b", cell) for cell in row.cells if isinstance(cell, str))
                for i, column in enumerate(placed.table.columns):
                    if in_row or re.search(r"\bP\d+\b", str(column.title)):
                        found.add((page.sheet.name, number, i))
    return found


def test_percentiles_are_never_added(layout, sheets):
    percentiles = percentile_cells(layout)
    assert len(percentiles) > 10 * len(PERCENTILES)
    sums = [cell for sheet in sheets for cell in all_formulas(sheet) if cell.text.startswith("SUM(")]
    assert sums
    for cell in sums:
        for span in cell.references:
            assert isinstance(span, Span)
            name, top, left, bottom, right = layout.corners(span)
            area = {(name, r, c) for r in range(top, bottom + 1) for c in range(left, right + 1)}
            assert not area & percentiles


def all_formulas(sheet: Sheet) -> Iterator[Formula]:
    for table in sheet.tables:
        yield from (cell for row in table.rows for cell in row.cells if isinstance(cell, Formula))


def charts(sheets: tuple[Sheet, ...]) -> list[Chart]:
    """Every chart of a report."""
    blocks = [block for sheet in sheets for block in sheet.blocks]
    sets = [block.charts if isinstance(block, Gallery) else (block,) for block in blocks]
    return [chart for charts in sets for chart in charts if isinstance(chart, Chart)]


def test_the_workbook_as_a_file(book, sheets):
    file = openpyxl.load_workbook(book)
    assert len(file.defined_names) < 10
    assert {sheet.sheet_state for sheet in file.worksheets} == {"visible"}
    assert all(not sheet.merged_cells.ranges for sheet in file.worksheets)
    assert all(sheet["A1"].value and sheet["A1"].font.sz > 12 for sheet in file.worksheets)
    assert all(sheet.freeze_panes for sheet in file.worksheets)
    drawn = sum(len(sheet._charts) for sheet in file.worksheets)
    file.close()
    assert drawn == len(charts(sheets)) >= 10


def test_titles_that_stay_in_view_leave_room(book):
    """A small laptop shows some 360 points of a sheet; heads of up to 275 had left five rows of them."""
    file = openpyxl.load_workbook(book)
    heads = {sheet.title: (sheet, int(sheet.sheet_view.pane.ySplit)) for sheet in file.worksheets}
    points = {
        name: sum(sheet.row_dimensions[row].height or PLAIN_POINTS for row in range(1, last + 1))
        for name, (sheet, last) in heads.items()
    }
    file.close()
    assert {name: size for name, size in points.items() if size > HIGHEST} == {}
    long = {
        "Calls",
        "Budgets",
        "Plans",
        "Strain",
        "Money",
        "Currencies",
        "Effects",
        "Judgements",
        "Inputs",
        "Case",
    }
    assert {name for name, (_, last) in heads.items() if last > FIRST_ROW} == long


def test_every_chart_says_what_it_shows(book, sheets):
    """Alternative text: a sentence for whoever does not see the chart."""
    with zipfile.ZipFile(book) as archive:
        parts = [name for name in archive.namelist() if name.startswith("xl/drawings/drawing")]
        told = [t for name in parts for t in re.findall(r'descr="([^"]*)"', archive.read(name).decode())]
    assert sorted(told) == sorted(chart.description for chart in charts(sheets))
    assert all(len(text.split()) >= 5 and text.endswith(".") for text in told)


def test_text_on_charts_can_be_read(book):
    with zipfile.ZipFile(book) as archive:
        charts = [archive.read(name).decode() for name in archive.namelist() if "xl/charts/chart" in name]
    for chart in charts:
        texts = re.findall(r"<a:(?:def)?rPr[^>]*?(?:/>|>.*?</a:(?:def)?rPr>)", chart)
        colours = [re.findall(r'srgbClr val="(\w+)"', text) for text in texts]
        assert texts
        assert all(len(found) == 1 and contrast(f"#{found[0]}", PAPER) >= 4.5 for found in colours), texts


def test_columns_hold_their_numbers(layout):
    """No cell shows #### for a number: each fits, with room for the margin of a cell."""
    for page in layout.pages:
        for placed in page.tables:
            for row, i in itertools.product(placed.table.rows, range(len(placed.table.columns))):
                cell = row.cells[i]
                if is_number(cell):
                    text = shown(shown_number(cell), unit_of(row, placed.table.columns[i]))
                    assert len(text) + 1 <= page.widths[i], (page.sheet.name, row.key, text)


SMALLEST = 4.5
"""Points in which the text of a sheet may be printed at the least."""


def printed_points(page: Page) -> float:
    """Size of ten-point text on landscape A4, one page wide, between margins of 0.4 inch."""
    width = sum(0.75 * (7.0 * chars + 5.0) for chars in page.widths)
    return 10.0 * min(1.0, (297.0 / 25.4 - 0.8) * 72.0 / width)


def test_sheets_print_legibly(layout):
    assert {
        page.sheet.name: printed_points(page) for page in layout.pages if printed_points(page) < SMALLEST
    } == {}


def test_every_formula_has_its_value_and_no_cell_an_error(book):
    shown = values(book)
    assert formulas(book).keys() - shown.keys() == set()
    assert errors(book) == []
    assert [
        place
        for place, value in shown.items()
        if isinstance(value, str) and re.fullmatch(r"#[A-Z/0]+[!?A]", value)
    ] == []


@pytest.mark.libreoffice
def test_recalculation_gives_the_same_values(book, tmp_path):
    count, worst, wrong = differences(book, tmp_path)
    assert wrong == {}
    assert count > 1000
    assert worst <= 1e-9


@pytest.mark.libreoffice
def test_a_wrong_value_is_found(book, tmp_path):
    path = tmp_path / "wrong.xlsx"
    cell = planted(book, path)
    _, worst, wrong = differences(path, tmp_path)
    assert list(wrong) == [f"Outlays!{cell}"]
    assert worst > 1e-9


def planted(book: Path, copy: Path) -> str:
    """Copy a workbook with one stored sum a millionth too high; the address of that cell."""
    with zipfile.ZipFile(book) as source, zipfile.ZipFile(copy, "w") as target:
        names = re.findall(r'<sheet name="(\w+)"', source.read("xl/workbook.xml").decode())
        part = f"xl/worksheets/sheet{names.index('Outlays') + 1}.xml"
        text = source.read(part).decode()
        found = re.search(r'<c r="([A-Z]+\d+)"[^>]*><f>SUM\([^<]*</f><v>([\d.]+)</v>', text)
        assert found
        wrong = repr(float(found[2]) * (1 + 1e-6))
        for item in source.infolist():
            content = source.read(item)
            if item.filename == part:
                content = (text[: found.start(2)] + wrong + text[found.end(2) :]).encode()
            target.writestr(item, content)
    return found[1]


def test_heat_colours_nothing_but_shares(sheets):
    """A light reaches from its first column to its last: what lies between is coloured with them."""
    for sheet in sheets:
        for table in sheet.tables:
            for light in (light for light in table.lights if light.kind == "heat"):
                keys = [column.key for column in table.columns]
                first, last = keys.index(light.columns[0]), keys.index(light.columns[-1])
                units = {
                    unit_of(row, column)
                    for row in table.rows
                    for column, cell in list(zip(table.columns, row.cells, strict=True))[first : last + 1]
                    if is_number(cell)
                }
                assert all(unit.startswith(("share", "probability")) for unit in units), (sheet.name, units)


def test_no_sentence_writes_a_percentage_in_two_ways(sheets):
    """24 %, with a space, as cells show it."""
    lines = [line for sheet in sheets for block in sheet.blocks for line in getattr(block, "lines", ())]
    assert [line for line in lines if isinstance(line, str) and re.search(r"\d%", line)] == []
