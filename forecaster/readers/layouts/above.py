"""Texts above the tables of a sheet: read once, however many tables stand below one another."""

from bisect import bisect_left
from collections.abc import Container, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate, islice

from forecaster.readers import cells, units
from forecaster.readers.files.book import Position, Sheet
from forecaster.readers.understanding import Context
from forecaster.readers.units import Unit

TEXT_LIMIT = 300  # longer texts are notes, not units

Stated = Sequence[tuple[Unit, Position]]
"""Different units that the texts of a table name, each with the first cell that does."""

Text = tuple[Position, str]
"""A text with its cell."""


@dataclass(frozen=True)
class Above:
    """Texts of a sheet down to a row, that of its last heading: each table asks for those above its own."""

    sheet: Sheet
    last: int
    context: Context

    @cached_property
    def texts(self) -> list[Text]:
        """All but years and notes, by their cells."""
        return [
            ((row, column), value)
            for row, values in islice(self.sheet.numbered(), self.last)
            for column, value in enumerate(values, start=1)
            if isinstance(value, str) and 0 < len(value) < TEXT_LIMIT and cells.year(value) is None
        ]

    @cached_property
    def _naming(self) -> list[Text]:
        return [one for one in self.texts if units.may_name(one[1], self.context.code)]

    @cached_property
    def _priced(self) -> list[Text]:
        return [one for one in self.texts if units.at_constant_prices(one[1])]

    @cached_property
    def _state(self) -> tuple[int, str]:
        """First row that names a state in its first columns, with the state; (last, '') where none does."""
        names = self.context.names
        above = ((row, column) for row in range(1, self.last) for column in (1, 2, 3))
        found = ((row, names.within(self.sheet.text(row, column))) for row, column in above)
        return next((one for one in found if one[1]), (self.last, ""))

    @cached_property
    def _joined(self) -> str:
        return " ".join(text for _, text in self.texts)

    @cached_property
    def _starts(self) -> list[int]:
        """Where in the joined texts each begins, and one would behind the last."""
        return [0, *accumulate(len(text) + 1 for _, text in self.texts)]

    def words(self, first: int, last: int) -> str:
        """Return all texts from one row to another, as one."""
        start, end = (self._starts[at] for at in _bounds(self.texts, first, last))
        return self._joined[start : max(end - 1, start)]

    def prices(self, last: int) -> Sequence[Text]:
        """Texts down to a row that name prices of one year."""
        return _between(self._priced, 1, last)

    def state(self, row: int) -> str:
        """Return the state that is named first above a row; '' where none is."""
        named, code = self._state
        return code if named < row else ""

    def units(self, first: int, last: int, others: Container[Position] = ()) -> Stated:
        """Units that texts from one row to another name. others: cells of the last that say nothing of it."""
        naming = [one for one in _between(self._naming, first, last) if one[0] not in others]
        beside = (text for place, text in _between(self.texts, last, last) if place not in others)
        around = " ".join([self.words(first, last - 1), *beside]) if naming else ""
        return units.among(naming, self.context.code, around)


def _between(texts: Sequence[Text], first: int, last: int) -> Sequence[Text]:
    """Those of the rows from one to another, both counted."""
    start, end = _bounds(texts, first, last)
    return texts[start:end]


def _bounds(texts: Sequence[Text], first: int, last: int) -> tuple[int, int]:
    """Index of the first text of the rows from one to another, and of the first behind them."""
    start, end = (bisect_left(texts, (row, 0), key=lambda one: one[0]) for row in (first, last + 1))
    return start, end
