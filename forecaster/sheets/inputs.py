"""Inputs: every number read, with the cell it came from."""

from forecaster.figures import Figure
from forecaster.report.sheet import Cells, Column, Formula, Ref, Row, Sheet, Span, Table, formula
from forecaster.run import Run

NAME = "Inputs"
FIGURES = Cells(NAME, "figures")

SPECIMEN = 25
"""Rows that are printed, to show what the list holds."""

COLUMNS = (
    Column("table", "table"),
    Column("code", "code"),
    Column("item", "year or column", "year", width=34),
    Column("value", "value used", role="input"),
    Column("unit", "unit of the value"),
    Column("flag", "mark", role="input"),
    Column("raw", "as in the file", role="input", width=16),
    Column("file unit", "unit in the file"),
    Column("factor", "times", unit="plain number", role="input", width=13),
    Column("file", "file"),
    Column("sheet", "sheet"),
    Column("cell", "cell"),
)


def inputs(run: Run) -> Sheet:
    """Return the sheet of all figures read."""
    rows = tuple(_row(figure) for figure in run.figures)
    figures = Table(
        FIGURES.table, "", COLUMNS, rows, _notes(len(rows)), keys=3, filtered=True, prints=SPECIMEN
    )
    return Sheet(
        NAME,
        "Inputs: every number read",
        "Where does each number come from, and what was done to it before it was used?",
        (figures,),
    )


def column_of(run: Run, table: str, column: str) -> Span:
    """Return the cells of one column that belong to one table, $ before rows and columns."""
    first, last = run.ends[table]
    return FIGURES.down(column, first.place, last.place).fix()


def looked_up(run: Run, table: str, code: Ref, item: Ref, value: float, start: str = "") -> Formula:
    """Return a formula that finds a figure of a table by the code and the year in two cells.

    start: of the formula, such as 100*.
    """
    values, codes, items = (column_of(run, table, column) for column in ("value", "code", "item"))
    return formula(
        f"{start}SUMIFS({{0}},{{1}},{{2}},{{3}},{{4}})", values, codes, code, items, item, value=value
    )


def _row(figure: Figure) -> Row:
    item = int(figure.item) if figure.item.isdecimal() else figure.item
    return Row(
        figure.place,
        (
            figure.table,
            figure.code,
            item,
            figure.value,
            figure.used_unit,
            figure.flag,
            figure.raw,
            figure.unit,
            figure.factor,
            figure.file,
            figure.sheet,
            figure.cell,
        ),
        figure.used_unit,
    )


def _notes(count: int) -> tuple[str, ...]:
    return (
        (
            f"{count:,} numbers. Value used = number in the file x times. Money is EUR million at current "
            "prices; a percentage becomes a share, shown as one."
        ),
        (
            "Marks are the publisher's: e or f for an estimate or a forecast. A missing figure has no row. "
            "Publisher and vintage of each table: see Provenance."
        ),
        f"Printed: the first {SPECIMEN} rows. The list is for filtering and following, not for paper.",
    )
