"""Case: all that the run started from, as text, so that the workbook can be produced again from itself."""

from collections.abc import Iterator

from forecaster.case import canonical
from forecaster.report.sheet import Cells, Column, Row, Sheet, Table
from forecaster.run import Run

NAME = "Case"
LINES = Cells(NAME, "lines")

PART = 16_000
"""Characters of a line in one cell: even signs that count twice stay below the 32,767 a cell may hold."""

SPECIMEN = 14
"""Rows that are printed, to show what the list holds."""

GOES_ON = "goes on"
"""Stands where a row goes on with the line above it."""

COLUMNS = (Column("file", "file"), Column("text", "text", width=110))


def case(run: Run) -> Sheet:
    """Return the sheet that holds the case."""
    table = Table(LINES.table, "", COLUMNS, tuple(_rows(run)), NOTES, prints=SPECIMEN)
    return Sheet(
        NAME,
        "Case: all that the run started from",
        "Can this workbook be made again without any other file?",
        (table,),
    )


NOTES = (
    (
        "Each row is a line of a text file, named at its first line; together they are the whole case, every "
        "figure with its source."
    ),
    (
        "`forecaster reproduce` writes the files to a folder, `forecaster verify` runs them again and "
        "compares every cell of this workbook. For reading, see Assumptions, Plans and Inputs."
    ),
    (
        f"A line longer than {PART:,} characters takes more rows. A code such as \\u000a stands for a sign "
        "that a cell would change."
    ),
    f"Printed: the first {SPECIMEN} rows.",
)


def _rows(run: Run) -> Iterator[Row]:
    for name, text in canonical.files(run.case).items():
        for number, line in enumerate(text.splitlines()):
            first, *rest = _parts(line)
            yield Row((name, number, 0), ("" if number else name, first))
            yield from (Row((name, number, i), (GOES_ON, part)) for i, part in enumerate(rest, start=1))


def _parts(line: str) -> list[str]:
    return [line[i : i + PART] for i in range(0, len(line), PART)] or [""]
