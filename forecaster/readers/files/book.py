"""A spreadsheet as plain values, whatever file it came from."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache, cached_property


class CellError(str):
    """An error a spreadsheet shows in a cell, such as #DIV/0!."""

    __slots__ = ()


Value = str | int | float | bool | date | CellError | None
Position = tuple[int, int]


@dataclass(frozen=True)
class Sheet:
    """One table of cells; rows and columns count from 1, as spreadsheets do.

    rows: values of the used area from A1; formulas, formats: only of cells that have one that matters;
    merged: (first row, first column, last row, last column); colours: of fonts other than black;
    words: that a number format which scales nothing shows beside a number;
    delimiter: of a text file, else empty; turned: rows and columns are swapped, addresses are not.
    """

    name: str
    rows: tuple[tuple[Value, ...], ...]
    hidden: bool = False
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()
    merged: tuple[tuple[int, int, int, int], ...] = ()
    formulas: Mapping[Position, str] = field(default_factory=dict)
    formats: Mapping[Position, str] = field(default_factory=dict)
    colours: Mapping[Position, str] = field(default_factory=dict)
    words: Mapping[Position, str] = field(default_factory=dict)
    delimiter: str = ""
    turned: bool = False

    @cached_property
    def width(self) -> int:
        """Columns of the used area; rules ask for them row by row."""
        return max(map(len, self.rows), default=0)

    def value(self, row: int, column: int) -> Value:
        """Value of a cell, None outside the used area."""
        if not (0 < row <= len(self.rows) and 0 < column <= len(self.rows[row - 1])):
            return None
        return self.rows[row - 1][column - 1]

    def text(self, row: int, column: int) -> str:
        """Value of a cell as text without blanks around it."""
        return as_text(self.value(row, column))

    def spread(self, row: int, column: int) -> Value:
        """Value of a cell; that of the whole merged range where it lies in one."""
        for top, left, bottom, right in self.merged:
            if top <= row <= bottom and left <= column <= right:
                return self.value(top, left)
        return self.value(row, column)

    @cached_property
    def covered(self) -> Mapping[Position, tuple[int, int, int, int]]:
        """Merged range of each cell that one covers, but of the first cell, which holds the value."""
        height, width = len(self.rows), self.width
        return {
            (row, column): (top, left, bottom, right)
            for top, left, bottom, right in self.merged
            if self.value(top, left) is not None
            for row in range(top, min(bottom, height) + 1)
            for column in range(left, min(right, width) + 1)
            if (row, column) != (top, left)
        }

    def place(self, row: int, column: int) -> str:
        """Return sheet and address of a cell: Budget!C7."""
        address = self.address(row, column)
        return f"{self.name}!{address}" if self.name else address

    def address(self, row: int, column: int) -> str:
        """Return the address of a cell in the file: C7."""
        return f"{column_letters(row)}{column}" if self.turned else f"{column_letters(column)}{row}"

    def turn(self) -> "Sheet":
        """Return the sheet with rows for columns, so that years down read as years across."""
        width = self.width
        return replace(
            self,
            rows=trimmed(
                [
                    [self.value(row, column) for row in range(1, len(self.rows) + 1)]
                    for column in range(1, width + 1)
                ]
            ),
            hidden_rows=self.hidden_columns,
            hidden_columns=self.hidden_rows,
            merged=tuple((left, top, right, bottom) for top, left, bottom, right in self.merged),
            formulas=_swapped(self.formulas),
            formats=_swapped(self.formats),
            colours=_swapped(self.colours),
            words=_swapped(self.words),
            turned=not self.turned,
        )

    def numbered(self) -> Iterator[tuple[int, tuple[Value, ...]]]:
        """Rows with their numbers."""
        return enumerate(self.rows, start=1)


@dataclass(frozen=True)
class Book:
    """All sheets of a file, with its name and SHA-256. code_page: that a text file is guessed to be in."""

    file: str
    sha256: str
    sheets: tuple[Sheet, ...]
    code_page: str = ""

    def sheet(self, name: str) -> Sheet | None:
        """Return the sheet of a name, blanks and case aside."""
        wanted = name.strip().casefold()
        return next((sheet for sheet in self.sheets if sheet.name.strip().casefold() == wanted), None)


def _swapped(cells: Mapping[Position, str]) -> dict[Position, str]:
    return {(column, row): text for (row, column), text in cells.items()}


def as_text(value: Value) -> str:
    """Return a value as a user would type it: whole floats without '.0', dates as 2025-01-31."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, date):
        return value.isoformat()[:10]
    return str(value).strip()


def trimmed(rows: list[list[Value]]) -> tuple[tuple[Value, ...], ...]:
    """Rows without empty cells at their ends and without empty rows at the end."""
    shortened = [tuple(row[: _used(row)]) for row in rows]
    last = max((number for number, row in enumerate(shortened, start=1) if row), default=0)
    return tuple(shortened[:last])


def _used(row: list[Value]) -> int:
    return max(
        (position for position, value in enumerate(row, start=1) if value not in {None, ""}), default=0
    )


def column_number(letters: str) -> int:
    """Return 1 for A, 27 for AA."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number


@cache
def column_letters(number: int) -> str:
    """Return A for 1, AA for 27."""
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
