"""The project's own tables, as sheets of budgets.xlsx or as CSV files -> records with typed entries."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from forecaster.errors import Problems, did_you_mean
from forecaster.figures import Figure
from forecaster.readers import cells
from forecaster.readers.files.book import Book, Sheet, as_text, column_letters
from forecaster.readers.files.text import DELIMITERS
from forecaster.readers.names import folded
from forecaster.readers.numbers import Desk
from forecaster.readers.own.entries import Entry, Typed, entry, tell_formats
from forecaster.readers.own.tables import Column, Table

_TEMPLATE = "budgets.xlsx (forecaster init FOLDER)"
UNHIDE = "Unhide it to have it read."
HIDDEN_SHEET = f"this sheet is hidden and was left out. {UNHIDE}"
_YEARS = range(1900, 2100)


@dataclass(frozen=True)
class Record:
    """A row of a table: column name -> entry. Years are column names too."""

    row: int
    entries: Mapping[str, Entry]

    def text(self, column: str) -> str:
        """Return the text of a column, empty where the row has none."""
        entry = self.entries.get(column)
        return entry.value if entry is not None and isinstance(entry.value, str) else ""

    def value(self, column: str) -> Typed:
        """Return the value of a column, None where the row has none."""
        entry = self.entries.get(column)
        return None if entry is None else entry.value


@dataclass(frozen=True)
class Filled:
    """A table as one file fills it. hidden: text of the first column -> row, of rows left out as hidden."""

    table: Table
    file: str
    sha256: str
    sheet: str
    records: tuple[Record, ...]
    header: int
    hidden: Mapping[str, int]

    def place(self, entry: Entry) -> str:
        """Return sheet and cell of an entry."""
        return f"{self.sheet}!{entry.cell}" if self.sheet else entry.cell

    def row_place(self, record: Record) -> str:
        """Return sheet and row of a record."""
        return ", ".join(part for part in (self.sheet, f"Row {record.row}") if part)

    def key(self, record: Record) -> tuple[str, ...]:
        """Return what tells a row from the others."""
        return tuple(as_text(record.value(column)) for column in self.table.key)

    def figures(self, record: Record, code: str) -> Iterator[Figure]:
        """Numbers of a row of a state, each with its cell."""
        for name, found in record.entries.items():
            if found.amount is not None:
                yield Figure(
                    table=self.table.name,
                    code=code,
                    item=self._item(record, name),
                    value=found.amount,
                    unit=self.table.unit,
                    factor=found.factor,
                    flag=found.flag,
                    raw=found.raw,
                    file=self.file,
                    sha256=self.sha256,
                    sheet=self.sheet,
                    cell=found.cell,
                )

    def _item(self, record: Record, name: str) -> str:
        """Return the year; in a list table with other keys, year and series or the column's name."""
        if self.table.name == "commitments":
            return str(record.value("year"))
        if self.table.name == "plans":
            series = f"{record.value('year')} {record.text('series')}: {record.text('definition')}"
            return series if name == "amount" else f"{series} [{name}]"
        return name


def filled(table: Table, book: Book, sheet: Sheet, problems: Problems) -> Filled | None:
    """Read a table from its sheet; None, with the problem noted, where its header is not found."""
    desk = Desk(book.file, sheet, problems)
    first = table.columns[0].name if table.columns else "code"
    header = next((row for row, _ in sheet.numbered() if folded(sheet.text(row, 1)) == first), None)
    if header is None:
        _tell_headless(desk, table, first)
        return None
    if desk.is_cut(header, range(header + 1, len(sheet.rows) + 1)):
        return None
    _check_unit(table, desk, header)
    columns = _columns(table, desk, header)
    below = range(header + 1, len(sheet.rows) + 1)
    used = [row for row in below if any(sheet.text(row, position) for position in columns)]
    unseen = [row for row in used if row in sheet.hidden_rows]
    _tell_hidden_rows(desk, columns, unseen)
    hidden = {sheet.text(row, 1): row for row in unseen}
    rows = [row for row in used if row not in sheet.hidden_rows]
    given = "." if sheet.delimiter == "," else ""
    wanted = {position: _column(table, name) for position, name in columns.items()}
    marks = _marks(desk, wanted, rows, given)
    records = tuple(_record(desk, row, wanted, marks) for row in rows)
    read = {entry.cell for record in records for entry in record.entries.values()}
    tell_formats(desk, table.factor, read)
    return Filled(table, book.file, book.sha256, sheet.name, records, header, hidden)


def _tell_headless(desk: Desk, table: Table, first: str) -> None:
    """Note that no row is headed as the table; where whole lines stand in column A, how that comes."""
    for row, _ in desk.sheet.numbered():
        text = desk.sheet.text(row, 1)
        mark = next((mark for mark in DELIMITERS if folded(text).startswith(f"{first}{mark}")), None)
        if mark is not None:
            told = f"the whole line {text[:30]!r}... stands in one cell: its file was opened without parting"
            advice = (
                f"Take the file as it was and import it as text, parted at {mark!r}, or fill {_TEMPLATE}."
            )
            desk.add(row, 1, f"{told} cells at {mark!r}. {advice}")
            return
    desk.problems.add(desk.file, desk.sheet.name, f"no heading {first!r} found in column A. {_shape(table)}")


def _shape(table: Table) -> str:
    if table.wide:
        return "The table has a column 'code' and a column for each year."
    return f"The table has the columns {', '.join(column.name for column in table.columns)}."


def _check_unit(table: Table, desk: Desk, header: int) -> None:
    """Refuse a sheet whose second line states another unit than the table's."""
    stated = desk.sheet.text(2, 1)
    if header < 3 or not table.unit or not stated:
        return
    if not folded(stated).startswith(folded(table.unit)):
        desk.add(2, 1, f"the unit reads {stated.split('.')[0]!r}. This table is in {table.unit}.")


def _columns(table: Table, desk: Desk, header: int) -> dict[int, str]:
    """Column number -> name of every column that is part of the table."""
    columns: dict[int, str] = {}
    for position in range(1, desk.sheet.width + 1):
        if not _usable(table, desk, header, position):
            continue
        name = _column_name(table, desk, header, position)
        if name in columns.values():
            desk.add(header, position, f"column {name} is there twice.")
        elif name:
            columns[position] = name
    for column in table.columns:
        if column.name not in columns.values():
            desk.problems.add(desk.file, desk.sheet.name, f"column {column.name} is missing. {_shape(table)}")
    return columns


def _usable(table: Table, desk: Desk, header: int, position: int) -> bool:
    """Whether a column can be part of a table: headed and in sight; one with figures that is not is told."""
    below = (desk.sheet.text(row, position) for row in range(header + 1, len(desk.sheet.rows) + 1))
    first = next((text for text in below if text), "")
    if position in desk.sheet.hidden_columns and not _needed_although_hidden(table, desk, header, position):
        _tell_hidden(desk, f"Column {column_letters(position)}", first)
        return False
    headed = bool(desk.sheet.text(header, position))
    if first and not headed:
        desk.add(header, position, "this column has figures but no heading.")
    return headed


def _column_name(table: Table, desk: Desk, header: int, position: int) -> str:
    """Return the name of a heading in the table; '' where it is unknown, which is noted."""
    heading = desk.sheet.text(header, position)
    plain = folded(heading).replace(" ", "_")
    if plain in {column.name for column in table.columns} or (table.wide and plain == "code"):
        return plain
    year = cells.year(desk.sheet.value(header, position)) if table.wide else None
    if year is not None and not year.second and year.year in _YEARS:
        return str(year.year)
    known = [column.name for column in table.columns] or ["code"]
    advice = did_you_mean(heading, known) or f" {_shape(table)}"
    desk.add(header, position, f"unknown column {heading!r}.{advice}")
    return ""


def _needed_although_hidden(table: Table, desk: Desk, header: int, position: int) -> bool:
    """Whether a table cannot do without a hidden column, which is then an error."""
    heading = desk.sheet.text(header, position)
    name = folded(heading).replace(" ", "_")
    needed = {"code", *map(str, table.needed_years), *(column.name for column in table.columns)}
    if position > 1 and name not in needed:
        return False
    text = f"column {column_letters(position)} ({heading}) is hidden. {UNHIDE}"
    desk.problems.add(desk.file, desk.sheet.name, text)
    return True


def _tell_hidden_rows(desk: Desk, columns: Iterable[int], rows: Sequence[int]) -> None:
    """Warn of each row that is left out, of many in one line: a filter hides hundreds."""
    for row in rows[:_SHOWN]:
        texts = [desk.sheet.text(row, position) for position in columns]
        _tell_hidden(desk, f"Row {row}", next((text for text in texts[1:] if text), texts[0]))
    if more := len(rows[_SHOWN:]):
        text = f"{more:,} more rows, the last Row {rows[-1]}, are hidden and were left out."
        desk.problems.warn(desk.file, desk.sheet.name, f"{text} Unhide them, or clear the filter.")


_SHOWN = 5


def _tell_hidden(desk: Desk, what: str, shown: str) -> None:
    """Warn of a row or column that is left out, unless it is empty."""
    if shown:
        text = f"{what} is hidden and was left out ({shown}). {UNHIDE}"
        desk.problems.warn(desk.file, desk.sheet.name, text)


def _marks(desk: Desk, columns: Mapping[int, Column], rows: list[int], given: str) -> dict[int, str | None]:
    """Decimal mark of each number column; one that proves none takes what the other columns agree on."""
    numeric = [position for position, column in columns.items() if column.kind == "number"]
    marks = {position: desk.decimal(position, rows, given) for position in numeric}
    proved = {mark for mark in marks.values() if mark}
    common = proved.pop() if len(proved) == 1 else ""
    return {position: common if mark == "" else mark for position, mark in marks.items()}


def _record(desk: Desk, row: int, columns: Mapping[int, Column], marks: Mapping[int, str | None]) -> Record:
    entries = {}
    for position, column in columns.items():
        found = entry(desk, row, position, column, marks.get(position, ""))
        if found is not None:
            entries[column.name] = found
    return Record(row, entries)


def _column(table: Table, name: str) -> Column:
    """Column of a name that is part of the table."""
    if not table.wide:
        return next(column for column in table.columns if column.name == name)
    if name == "code":
        return Column("code", "code", required=True)
    return Column(name, "number", positive=table.positive, factor=table.factor)
