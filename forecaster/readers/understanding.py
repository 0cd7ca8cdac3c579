"""What is understood of a file: its tables, their units and figures, what was left out and why."""

from collections.abc import Iterable
from collections.abc import Mapping as MappingOf
from dataclasses import dataclass

from forecaster.errors import Problems
from forecaster.figures import Figure
from forecaster.readers import units
from forecaster.readers.files.book import Book, Sheet
from forecaster.readers.mapping import Mapping
from forecaster.readers.names import Names
from forecaster.readers.numbers import Desk, Number
from forecaster.readers.units import Unit


@dataclass(frozen=True)
class Block:
    """One table: figures of one measure in one unit. header: row of the headings, 0 where there is none."""

    sheet: str
    measure: str
    header: int
    unit: Unit
    figures: tuple[Figure, ...]

    @property
    def codes(self) -> tuple[str, ...]:
        """States with a figure, in order."""
        return tuple(sorted({figure.code for figure in self.figures}))

    @property
    def years(self) -> tuple[int, ...]:
        """Years with a figure, in order."""
        return tuple(sorted({int(figure.item) for figure in self.figures}))

    @property
    def flags(self) -> MappingOf[str, int]:
        """Flag -> how many figures bear it."""
        flags = [figure.flag for figure in self.figures if figure.flag]
        return {flag: flags.count(flag) for flag in sorted(set(flags))}


@dataclass(frozen=True)
class Measure:
    """What the figures of a table are: name and unit, with the file and sheet they stand in."""

    name: str
    unit: Unit
    book: Book
    sheet: str = ""

    def figure(
        self, code: str, year: int, number: Number, cell: str, names: Names, beside: str = ""
    ) -> Figure:
        """Return a number as a figure of a state and year. beside: texts that may name a currency."""
        assert number.value is not None
        factor = 1.0 if self.unit.kind == "share" and number.percent else self.unit.factor
        return Figure(
            table=self.name,
            code=code,
            item=str(year),
            value=number.value * factor,
            unit=self._label(code, names, beside),
            factor=factor,
            flag=number.flag,
            raw=number.raw,
            file=self.book.file,
            sha256=self.book.sha256,
            sheet=self.sheet,
            cell=cell,
        )

    def _label(self, code: str, names: Names, beside: str) -> str:
        """Return the unit's name for a state: the currency named beside it, or its own, where it is national.

        A name that is another state's currency is not followed: kroner and kronor are spelt as they come.
        """
        if self.unit.currency != "national":
            return self.unit.label
        owns = {state.code: state.currency for state in names.states}
        named = units.currency_only(beside, code)
        others = {currency for state, currency in owns.items() if state != code} - {"EUR"}
        currency = named if named and named not in others else owns.get(code, "")
        return self.unit.label.replace("national currency", currency) if currency else self.unit.label

    def blocks(self, header: int, figures: Iterable[Figure]) -> list[Block]:
        """Return the table; none where it has no figures. header: row of its headings, or 0."""
        found = tuple(figures)
        return [Block(self.sheet, self.name, header, self.unit, found)] if found else []


@dataclass(frozen=True)
class Left:
    """Something that was not read. place: sheet, row or column; what: as found; why: the reason."""

    place: str
    what: str
    why: str


@dataclass(frozen=True)
class Understanding:
    """All that is understood of a file. declined: format -> why it is not this one."""

    file: str
    sha256: str
    format: str
    blocks: tuple[Block, ...]
    left: tuple[Left, ...]
    declined: MappingOf[str, str]


@dataclass(frozen=True)
class Context:
    """What a reader knows beside the file: the states, the user's mapping, where problems go.

    code: the state whose file this is, '' for a file of several states; named: its name in [sources].
    """

    names: Names
    problems: Problems
    mapping: Mapping | None = None
    code: str = ""
    named: str = ""

    @property
    def key(self) -> str:
        """Return the table of the assumptions where a reading is set: [sources.AT]."""
        return f"[sources.{self.named or self.code or 'XX'}]"

    @property
    def include_hidden(self) -> bool:
        """Whether hidden rows, columns and sheets are read."""
        return self.mapping is not None and self.mapping.include_hidden

    @property
    def decimal(self) -> str:
        """The decimal mark that was set, '' where none was."""
        return self.mapping.decimal if self.mapping else ""

    @property
    def header_row(self) -> int | None:
        """The row of headings that was set, None where none was."""
        return self.mapping.header_row if self.mapping else None

    @property
    def unit(self) -> str:
        """The unit that was set, '' where none was."""
        return self.mapping.unit if self.mapping else ""

    def desk(self, book: Book, sheet: Sheet) -> Desk:
        """Return a sheet to read numbers from."""
        advice = f'Set decimal = "," or "." under {self.key}.'
        return Desk(book.file, sheet, self.problems, advice)
