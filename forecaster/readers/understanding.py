"""What is understood of a file: its tables, their units and figures, what was left out and why."""

from collections.abc import Mapping as MappingOf
from dataclasses import dataclass, field

from forecaster.errors import Problems
from forecaster.figures import Figure
from forecaster.readers.files.book import Book, Sheet
from forecaster.readers.mapping import Mapping
from forecaster.readers.names import Names
from forecaster.readers.numbers import Desk
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
    left: tuple[Left, ...] = ()
    declined: MappingOf[str, str] = field(default_factory=dict)


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
    def unit(self) -> str:
        """The unit that was set, '' where none was."""
        return self.mapping.unit if self.mapping else ""

    def desk(self, book: Book, sheet: Sheet) -> Desk:
        """Return a sheet to read numbers from."""
        advice = f'Set decimal = "," or "." under {self.key}.'
        return Desk(book.file, sheet, self.problems, advice)
