"""`forecaster read`: what is understood of a file, as lines, JSON or CSV."""

import csv
import io
import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from collections.abc import Mapping as MappingOf
from dataclasses import asdict, dataclass, field
from itertools import islice
from pathlib import Path, PureWindowsPath
from typing import Any

from forecaster import toml
from forecaster.errors import InputError, Problems, nearest, typed
from forecaster.figures import Figure
from forecaster.readers import WORKBOOK, read_budgets
from forecaster.readers.combine import counted
from forecaster.readers.files import gate, text
from forecaster.readers.formats import understood
from forecaster.readers.mapping import Holds, Mapping, named_files, unusable_sources
from forecaster.readers.names import Names
from forecaster.readers.own import filled
from forecaster.readers.own.build import states_of
from forecaster.readers.own.tables import STATES, TABLES
from forecaster.readers.understanding import Block, Context, Left, Understanding
from forecaster.toml import ASSUMPTIONS

_BLOCKS_SHOWN = 12
_NAMES_SHOWN = 8
_ROWS_SHOWN = 8
_YEARS_SHOWN = 6
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class Answer:
    """A file as understood, None where it was refused, and all problems and warnings met on the way.

    code: the state whose file it is in a case, '' where no case names it or no state is meant; counted: what
    counts of it there.
    """

    understanding: Understanding | None
    problems: Problems
    code: str = ""
    counted: MappingOf[Holds, Block] = field(default_factory=dict)

    def uses(self, block: Block) -> list[Holds]:
        """What a table counts as in the case."""
        return [holds for holds, one in self.counted.items() if one is block]


def answer(path: Path, states: Path, case: Path | None = None, password_file: Path | None = None) -> Answer:
    """Read a file. states: folder whose states are known; case: folder whose `[sources.XX]` name the file.

    Raises InputError where that folder is not there.
    """
    if case and case.is_file():
        raise InputError(f"{case}: is a file. A case is a folder; give the folder that holds it.")
    if case and not case.is_dir():
        raise InputError(f"{case}: folder not found. Write one with: forecaster init {typed(case)}")
    problems = Problems()
    names = names_of(case or states)
    source = _source(path, case, names, problems)
    if source.code and source.mapping is None:
        return Answer(None, problems)
    context = Context(names, problems, source.mapping, names.code(source.code) or "", source.code)
    option = ", or pass --password-file"
    read = understood(path, context, password_file, option)
    if read is None or not context.code:
        return Answer(read, problems)
    return Answer(read, problems, context.code, counted(read, context))


def names_of(folder: Path) -> Names:
    """States of a folder; their own table alone is read where it is a CSV file."""
    path, ignored = folder / "states.csv", Problems()
    if not path.exists():
        return Names(read_budgets(folder, ignored).states)
    book = text.book(gate.passed(path))
    return Names(states_of(filled(STATES, book, book.sheets[0], ignored)))


@dataclass(frozen=True)
class _Source:
    """What a case says of a file. code: of the `[sources.XX]` that names it, '' where none does."""

    code: str = ""
    mapping: Mapping | None = None


def _source(path: Path, case: Path | None, names: Names, problems: Problems) -> _Source:
    """Return what a case says of a file; of several tables that name it the first, which is told.

    Tables that name other files are not looked at: `check` says what is wrong with them.
    """
    file = toml.read(case / ASSUMPTIONS, problems) if case else None
    if case is None or file is None:
        return _Source()
    files = named_files(file.data.get("sources"))
    ours = [code for code, name in files.items() if PureWindowsPath(name).name == path.name]
    for code, told in unusable_sources(files, names):
        if code in ours:
            file.note(problems, ("sources", code), told)
    if not ours and not _is_of_a_case(path):
        problems.warn(file.name, "sources", _unnamed(path, case, files))
    if more := ours[1:]:
        others = ", ".join(f"[sources.{code}]" for code in more)
        told = f"{path.name} is read here for [sources.{ours[0]}]; it is named too by {others}."
        problems.warn(file.name, "sources", told)
    return (
        _Source(ours[0], toml.checked(Mapping, file, problems, ("sources", ours[0]))) if ours else _Source()
    )


def _is_of_a_case(path: Path) -> bool:
    """Whether a file has the name of one that every case has, which no table need name."""
    return path.name == WORKBOOK or (path.suffix == ".csv" and path.stem in {table.name for table in TABLES})


def _unnamed(path: Path, case: Path, files: MappingOf[str, str]) -> str:
    """Say that no table names a file, and which one names a file like it that is not there."""
    told = f"no table [sources.XX] has file = '{path.name}', so the file is read as it stands."
    lost = {name: code for code, name in files.items() if name and not (case / name).is_file()}
    near = nearest(path.name, lost)
    return (
        told if near is None else f"{told} [sources.{lost[near]}] names {near}, which is not in {case.name}."
    )


def lines(found: Answer) -> list[str]:
    """Say what is understood: what it is, each table and its unit, what was left out, a preview."""
    read = found.understanding
    if read is None:
        return []
    figures = sum(len(block.figures) for block in read.blocks)
    told = [f"{read.file}: {read.format}", f"SHA-256 {read.sha256}"]
    told.append(f"Tables: {len(read.blocks)}; figures of member states: {figures:,}")
    for block in sorted(read.blocks, key=lambda block: not found.uses(block))[:_BLOCKS_SHOWN]:
        told += _block_lines(block, _use(found, block))
    if len(read.blocks) > _BLOCKS_SHOWN:
        told.append(f"... and {len(read.blocks) - _BLOCKS_SHOWN} more tables (--json or --csv shows all)")
    told += _left_lines(read.left)
    told += [f"warning: {line}" for line in found.problems.warnings]
    if found.counted:
        told += ["", *_preview_of_counted(found)]
    elif read.blocks:
        told += ["", *_preview(read.blocks[0])]
    return told


def _use(found: Answer, block: Block) -> str:
    """Say what a table counts as; nothing where no case names the file."""
    uses = found.uses(block)
    return (f" (counts as {', '.join(uses)})" if uses else " (does not count)") if found.code else ""


def _block_lines(block: Block, use: str) -> Iterator[str]:
    sheet = f"sheet {block.sheet.strip()!r}, " if block.sheet else ""
    header = f"headings in row {block.header}" if block.header else "no headings"
    yield f"- {block.measure}{use}"
    yield f"    {sheet}{header}; unit: {_units(block)}{_inside(block)}"
    codes = f" ({', '.join(block.codes)})" if len(block.codes) < 28 else ""
    yield f"    states: {len(block.codes)}{codes}; years: {_ranges(block.years)}"
    if block.flags:
        yield "    flags: " + ", ".join(f"{flag} ({count})" for flag, count in block.flags.items())
    if "sum of" in block.figures[0].raw:
        for figure in block.figures:
            total = f"{figure.value:,.3f} million, {figure.raw} ({figure.cell})"
            yield f"    sum of {figure.item}: {total}"


def _units(block: Block) -> str:
    """Return the unit of a table; all, with their years, where its columns have units of their own."""
    if block.unit.currency == "national" or {figure.unit for figure in block.figures} == {block.unit.label}:
        return block.unit.label
    years = defaultdict[str, list[int]](list)
    for figure in block.figures:
        years[figure.unit].append(int(figure.item))
    return ", ".join(f"{unit} ({_ranges(tuple(sorted(set(found))))})" for unit, found in years.items())


def _inside(block: Block) -> str:
    """Say what a number becomes inside, where it is not the same."""
    factors = {figure.factor for figure in block.figures}
    if factors == {1.0}:
        return " (stored as a share)" if block.unit.kind == "share" else ""
    return " (" + ", ".join(f"x {factor:g}" for factor in sorted(factors)) + f" = {_unit_inside(block)})"


def _unit_inside(block: Block) -> str:
    unit = block.unit
    money = "million national currency" if unit.currency == "national" else f"{unit.currency} million"
    return {"share": "share", "money": money}.get(unit.kind, unit.label)


def _ranges(years: tuple[int, ...]) -> str:
    """Return years as ranges: 2014-2016, 2020."""
    runs: list[list[int]] = []
    for year in years:
        if runs and year == runs[-1][-1] + 1:
            runs[-1].append(year)
        else:
            runs.append([year])
    return ", ".join(str(run[0]) if len(run) == 1 else f"{run[0]}-{run[-1]}" for run in runs)


def _left_lines(left: tuple[Left, ...]) -> Iterator[str]:
    reasons: dict[str, dict[str, None]] = defaultdict(dict)
    for one in left:
        reasons[one.why][one.what] = None
    if reasons:
        yield "left out:"
    for why, whats in reasons.items():
        more = f" and {len(whats) - _NAMES_SHOWN} more" if len(whats) > _NAMES_SHOWN else ""
        names = ", ".join(what[:60] for what in islice(whats, _NAMES_SHOWN)).removesuffix("sheet ")
        yield f"    {why}: {names}{more}" if names else f"    {why}"


def _preview(block: Block) -> Iterator[str]:
    years = block.years[-_YEARS_SHOWN:]
    yield "state  " + _heads(years)
    for code in block.codes[:_ROWS_SHOWN]:
        yield f"{code:<7}" + _row(block, code, years)
    if len(block.codes) > _ROWS_SHOWN:
        yield f"... and {len(block.codes) - _ROWS_SHOWN} more states"


def _preview_of_counted(found: Answer) -> Iterator[str]:
    """Show what counts of a state's own file, each kind in its row, with its unit."""
    own = [
        figure for block in found.counted.values() for figure in block.figures if figure.code == found.code
    ]
    years = tuple(sorted({int(figure.item) for figure in own}))[-_YEARS_SHOWN:]
    heads = {holds: f"{holds} [{_unit_inside(block)}]" for holds, block in found.counted.items()}
    width = max(map(len, heads.values()))
    yield f"{found.code:<{width}}" + _heads(years)
    for holds, block in found.counted.items():
        yield f"{heads[holds]:<{width}}" + _row(block, found.code, years)


def _heads(years: Sequence[int]) -> str:
    return "".join(f"{year:>14}" for year in years)


def _row(block: Block, code: str, years: Sequence[int]) -> str:
    values = {int(figure.item): figure for figure in block.figures if figure.code == code}
    return "".join(f"{_shown(values.get(year)):>14}" for year in years)


def _shown(figure: Figure | None) -> str:
    if figure is None:
        return ":"
    digits = 4 if abs(figure.value) < 1 else 1
    return f"{figure.value:,.{digits}f}{' ' + figure.flag[:2] if figure.flag else ''}"


def as_json(found: Answer) -> str:
    """All that is understood, as JSON; in ASCII, which no console or pipe changes."""
    read = found.understanding
    content: dict[str, Any] = {
        "problems": [problem.line for problem in found.problems.errors],
        "warnings": list(found.problems.warnings),
    }
    if read is not None:
        content |= {
            "file": read.file,
            "sha256": read.sha256,
            "format": read.format,
            "declined": dict(read.declined),
            "tables": [{**_block_content(block), **_uses(found, block)} for block in read.blocks],
            "left_out": [asdict(one) for one in read.left],
        }
    return json.dumps(content, indent=1)


def _uses(found: Answer, block: Block) -> MappingOf[str, Any]:
    """What a table counts as, where a case names the file."""
    return {"counts_as": found.uses(block)} if found.code else {}


def _block_content(block: Block) -> MappingOf[str, Any]:
    return {
        "sheet": block.sheet,
        "measure": block.measure,
        "header_row": block.header,
        "unit": asdict(block.unit),
        "states": list(block.codes),
        "years": list(block.years),
        "flags": dict(block.flags),
        "figures": [asdict(figure) for figure in block.figures],
    }


def as_csv(found: Answer) -> str:
    """All figures, as CSV, one a row with its place; a text that a spreadsheet would run gets a quote."""
    names = list(Figure.__dataclass_fields__)
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(names)
    for block in found.understanding.blocks if found.understanding else ():
        for figure in block.figures:
            writer.writerow([_harmless(value) for value in asdict(figure).values()])
    return stream.getvalue()


def _harmless(value: object) -> object:
    runs = isinstance(value, str) and value.startswith(_FORMULA_STARTS) and not _is_number(value)
    return f"'{value}" if runs else value


def _is_number(value: str) -> bool:
    try:
        float(value)
    except ValueError:
        return False
    return True
