"""Case: all that the run started from, as text, so that the workbook can be produced again from itself."""

from collections.abc import Iterator

from forecaster import canonical
from forecaster.run import Run
from forecaster.sheet import Cells, Column, Row, Sheet, Table

NAME = "Case"
LINES = Cells(NAME, "lines")

PART = 16_000
"""Characters of a line in one cell: even signs that count twice stay below the 32,767 a cell may hold."""

SPECIMEN = 30
"""Rows that are printed, to show what the list holds."""

COLUMNS = (
    Column("file", "file"),
    Column("line", "line", "count"),
    Column("text", "text", width=110),
)


def case(run: Run) -> Sheet:
    """Return the sheet that holds the case."""
    table = Table(
        LINES.table, "Lines", COLUMNS, tuple(_rows(run)), NOTES, keys=2, filtered=True, prints=SPECIMEN
    )
    return Sheet(
        NAME,
        "Case: all that the run started from",
        "Can this workbook be made again without any other file?",
        (table,),
    )


NOTES = (
    (
        "Each row is a line of a text file; together they are the whole case: assumptions, programme, "
        "scenarios, settings and every figure with its file, sheet, cell, text, unit and factor."
    ),
    (
        "`forecaster reproduce` writes the files to a folder, `forecaster verify` runs them again and "
        "compares every cell of this workbook. For reading, see Assumptions, Plans and Inputs."
    ),
    (
        f"A line longer than {PART:,} characters goes on in the next row, under the same number. A code such "
        "as \\u000a stands for a sign that a cell would change."
    ),
    f"Printed: the first {SPECIMEN} rows.",
)


def _rows(run: Run) -> Iterator[Row]:
    for name, text in canonical.files(run.case).items():
        for number, line in enumerate(text.splitlines(), start=1):
            for part, cell in enumerate(_parts(line)):
                yield Row((name, number, part), (name, float(number), cell))


def _parts(line: str) -> list[str]:
    return [line[i : i + PART] for i in range(0, len(line), PART)] or [""]
