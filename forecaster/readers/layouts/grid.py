"""Where is the table? The row of years, the column of labels, the rows between them."""

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache, partial
from itertools import pairwise

from forecaster.readers import cells, units
from forecaster.readers.cells import Year
from forecaster.readers.files.book import Sheet, Value, as_text
from forecaster.readers.names import Names, folded

FEWEST_YEARS = 3
TURN_LIMIT = 400  # longer tables have no states across


@dataclass(frozen=True)
class Heads:
    """A row of year headings. years: column -> year; label: column of the row labels.

    start: first row of the texts above it, below the table before it; flags: year column -> column of flags.
    """

    row: int
    years: Mapping[int, Year]
    label: int
    start: int
    flags: Mapping[int, int]

    @property
    def first(self) -> int:
        """First column of years."""
        return min(self.years)


@dataclass(frozen=True)
class Row:
    """A row of figures with its label and number."""

    number: int
    label: str


@dataclass(frozen=True)
class Segment:
    """Rows of one table, under the line of text that stands above them.

    units: column -> (row, text) of the line above them that names units: under the years, or as its label.
    """

    title: str
    title_row: int
    rows: tuple[Row, ...]
    units: Mapping[int, tuple[int, str]] = field(default_factory=dict)


def year_rows(sheet: Sheet, names: Names, header_row: int | None = None) -> list[Heads]:
    """All rows that head a table across years: three or more years in order, or the row that was named.

    A second table on a sheet begins after a line without figures, where two years head it, or wherever a row
    of years reads as a heading.
    """
    found: list[Heads] = []
    last = 0  # row of figures of the table before
    last_texts = cache(partial(_last_texts, sheet))
    for number, row in sheet.numbered():
        years = _years(sheet, number, row)
        again = bool(found) and _heads_again(sheet, found[-1], number, years)
        if found and has_figures(sheet, found[-1], number - 1):
            last = number - 1
            fits = again and not _repeats(sheet, found[-1], number)
        elif header_row is not None and not found:
            fits = number == header_row and bool(years)
        else:
            fits = again or _in_order(list(years.values()), second=bool(found))
        if fits:
            label = _label_column(sheet, number, min(years), names)
            flags = _flag_columns(sheet, number, years, last_texts)
            found.append(Heads(number, years, label, last + 1, flags))
    return found


def _heads_again(sheet: Sheet, heads: Heads, number: int, years: Mapping[int, Year]) -> bool:
    """Whether a row below a heading holds nothing but years: beside its words, or three without a gap.

    'Titel', 2028, 2030 where it begins with 'Titel'; 2028, 2029, 2030 beside any words: as figures they would
    grow by one each.
    """
    if not years:
        return False
    others = set(range(1, sheet.width + 1)) - {heads.label, *years, *sheet.hidden_columns}
    if any(cells.is_figure(sheet.value(number, column)) for column in others):
        return False
    label, above = (sheet.text(row, heads.label) for row in (number, heads.row))
    alike = bool(label) and label.casefold() == above.casefold()
    return alike or (len(years) >= FEWEST_YEARS and _in_order(list(years.values()), second=True))


def _repeats(sheet: Sheet, heads: Heads, number: int) -> bool:
    """Whether a row says again what the heading says, as at the top of a page."""
    columns = {heads.label, *heads.years}
    return all(sheet.text(number, column) == sheet.text(heads.row, column) for column in columns)


def _years(sheet: Sheet, number: int, row: Sequence[object]) -> dict[int, Year]:
    """Column -> year; not of 'LPM 2024-2025' where 2024 heads a column of its own: that one is a sum."""
    years: dict[int, Year] = {}
    for column, value in enumerate(row, start=1):
        found = cells.year(value) if value is not None and column not in sheet.hidden_columns else None
        if found is not None and (number, column) not in sheet.formats:
            years[column] = found
    own = {year.year for year in years.values() if not year.second}
    return {column: year for column, year in years.items() if not (year.second and year.year in own)}


def _in_order(years: Sequence[Year], *, second: bool) -> bool:
    """Whether three years or more rise or fall; two will do in a second heading, but by one each."""
    numbers = [year.year for year in years]
    steps = {after - before for before, after in pairwise(numbers)}
    if second:
        return steps in ({1}, {-1})
    return len(years) >= FEWEST_YEARS and (
        all(0 < step < 10 for step in steps) or all(-10 < step < 0 for step in steps)
    )


def _label_column(sheet: Sheet, header: int, first: int, names: Names) -> int:
    """Return the column left of the years that names most states, else most texts, words before codes."""
    below = range(header + 1, min(len(sheet.rows), header + 400) + 1)
    scores = {}
    for column in range(1, first):
        texts = [text for row in below if isinstance(text := sheet.value(row, column), str) and text.strip()]
        states = sum(names.code(text) is not None for text in texts)
        words = sum(not cells.is_figure(text) for text in set(texts))
        scores[column] = (states if states > 1 else 0, len(set(texts)), words, -column)
    return max(scores, key=lambda column: scores[column], default=1)


def _flag_columns(
    sheet: Sheet, header: int, years: Collection[int], last_texts: Callable[[int], tuple[int, int]]
) -> dict[int, int]:
    """Year column -> column of flags right of it: one without a heading that holds flag letters only."""
    found = {}
    for column in years:
        beside = column + 1
        if beside not in years and not sheet.text(header, beside):
            flag, other = last_texts(beside)
            if other <= header < flag:
                found[column] = beside
    return found


def _last_texts(sheet: Sheet, column: int) -> tuple[int, int]:
    """Last row of flags in a column, of those below its last other text, and the row of that; 0 for none."""
    flag = 0
    for row in range(len(sheet.rows), 0, -1):
        text = sheet.text(row, column).casefold()
        if text and not set(text) <= cells.FLAGS:
            return flag, row
        flag = flag or (row if text else 0)
    return flag, 0


def segments(sheet: Sheet, heads: Heads, last: int, left_out: frozenset[int], code: str) -> list[Segment]:
    """Rows below a heading, cut where a line of text or of units without figures stands between them."""
    found, head, rows = list[Segment](), Segment("", heads.row, ()), list[Row]()
    for number in range(heads.row + 1, last + 1):
        if number in left_out or _repeats(sheet, heads, number):
            continue
        label = label_of(sheet, heads, number)
        named = _units_of_line(sheet, heads, number, label, code)
        if not named and has_figures(sheet, heads, number):
            if found or rows or not _is_second_heading(sheet, heads, number, label):
                rows.append(Row(number, label))
        elif named or label:
            if rows:
                found.append(replace(head, rows=tuple(rows)))
                head, rows = Segment("", heads.row, ()), []
            title, row = (label, number) if label else (head.title, head.title_row)
            head = Segment(title, row, (), named or head.units)
    return [*found, replace(head, rows=tuple(rows))] if rows else found


def _is_second_heading(sheet: Sheet, heads: Heads, row: int, label: str) -> bool:
    """Whether a row below the years tells what each is ('Ist', 'Soll'), or numbers the columns."""
    values = [value for column in heads.years if (value := sheet.value(row, column)) not in {None, ""}]
    words = all(isinstance(value, str) and cells.is_words(value) for value in values)
    if words and label in {"", label_of(sheet, heads, heads.row)}:
        return True
    texts = [as_text(value) for value in values]
    numbers = [int(text) for text in texts if text.isdecimal()]
    counted = numbers == list(range(numbers[0], numbers[0] + len(texts))) if numbers else False
    return counted and len(label) < 2 and numbers[0] <= len(sheet.rows[row - 1])


def _units_of_line(sheet: Sheet, heads: Heads, row: int, label: str, code: str) -> dict[int, tuple[int, str]]:
    """Column -> (row, text) of the units of a line that holds nothing else under the years; else empty."""
    values = {column: sheet.value(row, column) for column in heads.years}
    texts = {column: value for column, value in values.items() if value not in {None, ""}}
    if not texts:
        return {heads.label: (row, label)} if units.of_line(label, code) else {}
    if not all(isinstance(text, str) and units.parsed(text, code) is not None for text in texts.values()):
        return {}
    return {column: (row, str(text)) for column, text in texts.items()}


def label_of(sheet: Sheet, heads: Heads, row: int) -> str:
    """Return the label of a row: its label column, else the text nearest to the left of the years."""
    label = as_text(sheet.spread(row, heads.label))
    if label:
        return cells.clean(label)
    texts = (sheet.text(row, column) for column in range(heads.first - 1, 0, -1))
    return cells.clean(next((text for text in texts if text), ""))


def has_figures(sheet: Sheet, heads: Heads, row: int) -> bool:
    """Whether a row holds anything under the years."""
    values = sheet.rows[row - 1] if 0 < row <= len(sheet.rows) else ()
    filled = (
        column for column in heads.years if column <= len(values) and values[column - 1] not in {None, ""}
    )
    return next(filled, None) is not None or any((row, column) in sheet.formulas for column in heads.years)


def holds_remarks(sheet: Sheet, heads: Heads, row: int) -> bool:
    """Whether words and no figure stand under the years of a row, as beside years down in 'Notes'.

    Not where an error (#REF!) or an amount with its unit ('44 bn') stands among them: figures were meant.
    """
    values = [sheet.value(row, column) for column in heads.years]
    if any((row, column) in sheet.formulas for column in heads.years) or any(map(_was_to_count, values)):
        return False
    texts = [value for value in values if isinstance(value, str)]
    return any(cells.is_words(text) or cells.mentions_year(text) for text in texts)


def _was_to_count(value: Value) -> bool:
    """Whether a cell is a figure, or is something else where a figure was meant."""
    return cells.is_figure(value) or (
        isinstance(value, str) and (value in cells.ERRORS or units.is_amount(value))
    )


def merged_segments(segments_: Sequence[Segment], names: Names) -> list[Segment]:
    """Join segments that name different states (regions of a table); keep apart those that repeat one.

    Rows that name no state stay apart where the line above them names a unit.
    """
    joined: list[Segment] = []
    seen: Counter[str] = Counter()
    for segment in segments_:
        codes = Counter(code for row in segment.rows if (code := names.code(row.label)))
        if joined and not seen & codes and (codes or not segment.units):
            joined[-1] = replace(joined[-1], rows=(*joined[-1].rows, *segment.rows))
            seen += codes
        else:
            joined.append(segment)
            seen = codes
    if len(joined) == 1 < len(segments_):
        return [Segment("", 0, joined[0].rows, {} if seen else joined[0].units)]
    return joined


def headings(sheet: Sheet, row: int) -> dict[int, str]:
    """Column -> text of a row of headings, folded; a merged heading stands over each of its columns."""
    texts = {column: folded(as_text(sheet.spread(row, column))) for column in range(1, sheet.width + 1)}
    return {column: text for column, text in texts.items() if text}


def busiest_row(sheet: Sheet) -> int:
    """Return the row, among the first fifty, with most texts, dates, years: most like headings."""
    counts = {number: sum(_is_heading(value) for value in row) for number, row in list(sheet.numbered())[:50]}
    return max(counts, key=lambda number: (counts[number], -number), default=1)


def _is_heading(value: Value) -> bool:
    """Whether a cell may head a column: a year, a date, or a text that is no figure."""
    words = isinstance(value, str | date) and bool(as_text(value)) and not cells.is_figure(value)
    return words or cells.year(value) is not None
