"""Numbers of a sheet: the value of a cell in the style of its column, or what is wrong with it."""

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from forecaster.errors import Problems
from forecaster.readers import cells
from forecaster.readers.files.book import CellError, Position, Sheet, Value, as_text, column_letters

NO_NUMBER = "{!r} is not a number. Missing values may be n/a, :, .. or empty."
_LARGEST = 1e18
_EXTERNAL = re.compile(r"\[\d+\]|\[[^\[\]]+\.xls[xmb]?\]", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Number:
    """What a cell holds. value: None where it is missing or wrong; wrong: whether a problem was noted.

    percent: whether a stored number is shown as a percentage: 0.021 as 2.1%.
    """

    value: float | None
    raw: str
    flag: str = ""
    wrong: bool = False
    percent: bool = False

    @property
    def is_percentage(self) -> bool:
        """Whether it is shown as a percentage, or written as one."""
        return self.percent or "%" in self.raw


@dataclass(frozen=True)
class Desk:
    """A sheet being read, with the place for problems and the advice where to set a decimal mark."""

    file: str
    sheet: Sheet
    problems: Problems
    advice: str = "Enter it as a number, not as text."

    def add(self, row: int, column: int, text: str) -> None:
        """Note an error at a cell."""
        self.problems.add(self.file, self.sheet.place(row, column), text)

    def warn(self, row: int, column: int, text: str) -> None:
        """Note a warning at a cell."""
        self.problems.warn(self.file, self.sheet.place(row, column), text)

    def sound(self, row: int, column: int) -> bool:
        """Whether a cell shows a stored value; notes a missing result, an error or another workbook."""
        formula = self.sheet.formulas.get((row, column), "")
        value = self.sheet.value(row, column)
        if isinstance(value, CellError) or (isinstance(value, str) and value in cells.ERRORS - {"#N/A"}):
            origin = f" (formula {formula})" if formula else ""
            self.add(row, column, f"cell shows {value}{origin}. Correct it or enter ':' for missing.")
            return False
        if formula and value is None:
            advice = "Open the file in Excel, save it, run again."
            self.add(row, column, f"formula {formula} has no stored result. {advice}")
            return False
        if formula and _EXTERNAL.search(formula):
            stored = f"Stored value {as_text(value)} used; its freshness cannot be checked."
            self.warn(row, column, f"value comes from another workbook. {stored}")
        return True

    def number(self, row: int, column: int, decimal: str) -> Number:
        """Read a cell in a style of decimals ('' where nothing decides it); notes what is wrong with it."""
        value = self.sheet.value(row, column)
        raw = as_text(value)
        if type(value) in {int, float} and not self.sheet.formulas:
            return self._finite(row, column, float(value), raw)  # type: ignore[arg-type]
        if not self.sound(row, column):
            return Number(None, raw, wrong=True)
        if value is None and self._is_covered(row, column):
            return Number(None, raw, wrong=True)
        if value is None or (isinstance(value, str) and cells.is_missing(value)):
            return Number(None, raw, cells.missing_flag(raw))
        if isinstance(value, int | float) and not isinstance(value, bool):
            return self._finite(row, column, float(value), raw)
        return self._text_number(row, column, value, decimal)

    def _is_covered(self, row: int, column: int) -> bool:
        """Whether a cell lies under a merged one that holds a figure, which is noted."""
        area = self.sheet.covered.get((row, column)) if self.sheet.merged else None
        value = self.sheet.value(*area[:2]) if area else None
        if area is None or not cells.is_figure(value):
            return False
        span = f"{self.sheet.address(*area[:2])}:{self.sheet.address(*area[2:])}"
        advice = "Unmerge it and give each cell its own figure."
        self.add(row, column, f"is part of the merged cell {span}, which holds {as_text(value)}. {advice}")
        return True

    def _finite(self, row: int, column: int, value: float, raw: str) -> Number:
        if abs(value) < _LARGEST:
            return Number(value, raw, percent="%" in self.sheet.formats.get((row, column), ""))
        wrong = f"{_short(raw)} is too large for a budget."
        self.add(row, column, NO_NUMBER.format(raw) if math.isnan(value) else wrong)
        return Number(None, raw, wrong=True)

    def _text_number(self, row: int, column: int, value: Value, decimal: str) -> Number:
        raw = as_text(value)
        parts = None if isinstance(value, date | bool) else cells.split(raw)
        if parts is None:
            self.add(row, column, NO_NUMBER.format(_short(raw)))
            return Number(None, raw, wrong=True)
        if not decimal and cells.evidence(parts.core) == "?":
            either = cells.value(parts, ","), cells.value(parts, ".")
            readings = " or ".join(f"{one:,.{places}f}" for one, places in _readings(parts.core, either))
            self.add(row, column, f"{raw!r} may mean {readings}. {self.advice}")
            return Number(None, raw, wrong=True)
        number = cells.value(parts, decimal or ".")
        if number is None:
            self.add(row, column, NO_NUMBER.format(_short(raw)))
            return Number(None, raw, wrong=True)
        found = self._finite(row, column, number, raw)
        return found if found.wrong else Number(number, raw, parts.flag)

    def decimal(self, column: int, rows: Iterable[int], given: str = "") -> str | None:
        """Return the decimal mark of a column: as given, as proved, '' where nothing proves it.

        None where the column mixes two styles, which is noted.
        """
        if given:
            return given
        proof: dict[str, int] = {}
        for row in rows:
            parts = _parts(self.sheet.value(row, column))
            if parts is not None:
                proof.setdefault(cells.evidence(parts.core), row)
        if {".", ","} <= proof.keys():
            self._mixed(column, proof)
            return None
        return next((mark for mark in ".," if mark in proof), "")

    def differ(self, marks: Mapping[int, str | None], rows: Sequence[int]) -> bool:
        """Whether columns of one table prove different decimal marks, which is noted: a footnote may be one.

        marks: of each column; None where it proves two by itself.
        """
        if not {".", ","} <= set(marks.values()):
            return False
        proofs: dict[str, Position] = {}
        for column, mark in marks.items():
            for row in rows:
                parts = _parts(self.sheet.value(row, column))
                if mark and parts is not None and cells.evidence(parts.core) == mark:
                    proofs.setdefault(mark, (row, column))
        (one, first), (other, second) = proofs.items()
        told = f"{self.sheet.text(*first)} has decimals after {one!r}, {self.sheet.text(*second)}"
        where = f"({self.sheet.address(*second)}) after {other!r}"
        self.add(*first, f"{told} {where}. Write both alike; a footnote's digit stands apart or in brackets.")
        return True

    def is_cut(self, header: int, rows: Iterable[int]) -> bool:
        """Whether a row has figures beyond the headings in a file whose cells commas part, which is noted.

        Decimal commas may have cut its numbers, and no cell can tell which.
        """
        headed = len(self.sheet.rows[header - 1])
        for row in rows if self.sheet.delimiter == "," else ():
            found = self.sheet.rows[row - 1]
            if any(cells.is_figure(value) for value in found[headed:]):
                told = f"this row has {len(found)} cells, row {header} of the headings {headed}"
                why = "commas part cells here, and decimal commas would part numbers too"
                advice = "Save the file with semicolons between cells, or with decimal points"
                self.add(row, headed + 1, f"{told}: {why}. {advice}.")
                return True
        return False

    def _mixed(self, column: int, proof: dict[str, int]) -> None:
        line = f"row {column}" if self.sheet.turned else f"column {column_letters(column)}"
        first, second = sorted((proof["."], proof[","]))
        found = [
            f"{self.sheet.text(row, column)} ({self.sheet.address(row, column)})" for row in (first, second)
        ]
        self.problems.add(self.file, "", f"{self.file}, {line} mixes {found[0]} and {found[1]}.")


def _short(raw: str) -> str:
    """Return a text cut to a length that fits a line."""
    return raw if len(raw) <= 60 else f"{raw[:57]}..."


def _parts(value: Value) -> cells.Split | None:
    if not isinstance(value, str) or cells.is_missing(value):
        return None
    return cells.split(value)


def _readings(core: str, values: tuple[float | None, float | None]) -> list[tuple[float, int]]:
    """Both readings of '1.234', the whole number first, with the decimals to show."""
    whole = max(value for value in values if value is not None)
    part = min(value for value in values if value is not None)
    return [(whole, 0), (part, len(re.split(r"[.,]", core)[-1]))]
