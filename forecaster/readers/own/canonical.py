"""The tables of a case in its canonical form: read as they were written, origins and all."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from forecaster import toml
from forecaster.errors import Problems, did_you_mean
from forecaster.figures import RECORDS, Budgets, csv_text
from forecaster.readers.files.spreadsheets import spreadsheets
from forecaster.readers.mapping import Mapping
from forecaster.readers.own.tables import TABLES
from forecaster.toml import Table

Kind = TypeVar("Kind")

ORIGIN, ORIGIN_SOURCES, WARNINGS = "origin.csv", "origin.toml", "warnings.csv"
"""Files beside the tables: where figures come from, [sources] as it was, warnings."""

OWN = ("investment",)
"""Tables of figures that come from a ministry's own file only."""


@dataclass(frozen=True)
class Warned:
    """A warning given when the case was first read."""

    text: str


@dataclass(frozen=True)
class Origin:
    """A file. kind: "read", by the run that wrote this, or "written", a part of the canonical form."""

    kind: str
    name: str
    sha256: str


@dataclass(frozen=True)
class Stored:
    """What the files of a canonical form hold beside the TOML files of every case.

    origins: the files it was read from and is written in; sources: [sources] as it was when they were read.
    """

    budgets: Budgets
    origins: tuple[Origin, ...]
    warnings: tuple[str, ...]
    sources: dict[str, Mapping]


class Sources(Table):
    """What [sources] said of the files whose figures are in the tables."""

    sources: dict[str, Mapping] = {}  # noqa: RUF012  pydantic copies it


def is_canonical(folder: Path) -> bool:
    """Whether a folder holds a case in its canonical form."""
    return (folder / ORIGIN).is_file()


def read_stored(folder: Path, problems: Problems) -> Stored:
    """Read the tables, with the files, warnings and sources of the case they were written from.

    Adds every problem it meets and raises nothing.
    """
    parts: dict[str, Any] = {name: _records(folder, name, kind, problems) for name, kind in RECORDS.items()}
    origins = _records(folder, ORIGIN.removesuffix(".csv"), Origin, problems)
    warnings = _records(folder, "warnings", Warned, problems)
    budgets = Budgets(**parts, files={o.name: o.sha256 for o in origins if o.kind == "read"})
    for name, place, text in _findings(budgets):
        problems.add(name, place, text)
    parts_of_it = {f"{name}.csv" for name in (*RECORDS, "warnings")} | {ORIGIN}
    there = {path.name for path in folder.glob("*.csv")} | set(spreadsheets(folder))
    for name in sorted(there - parts_of_it):
        problems.warn(name, "", f"is no part of a case that holds {ORIGIN} and was not read.")
    file = toml.read(folder / ORIGIN_SOURCES, problems)
    found = toml.checked(Sources, file, problems) if file else None
    return Stored(budgets, origins, tuple(one.text for one in warnings), found.sources if found else {})


def _records(folder: Path, name: str, kind: type[Kind], problems: Problems) -> tuple[Kind, ...]:
    path = folder / f"{name}.csv"
    try:
        content = path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        problems.add(path.name, "", f"not found. A case that holds {ORIGIN} needs it.")
    except OSError as error:
        problems.add(path.name, "", f"cannot be read ({error.strerror}).")
    except UnicodeDecodeError:
        problems.add(path.name, "", "not UTF-8 text. Save the file with the encoding UTF-8.")
    else:
        return csv_text.parsed(kind, content, path.name, problems)
    return ()


def _findings(budgets: Budgets) -> Iterator[tuple[str, str, str]]:
    """File, place and sentence of what a change by hand may have broken."""
    codes, tables = set(budgets.codes), {*(table.name for table in TABLES), *OWN}
    for name in RECORDS.keys() - {"states", "sources"}:
        for code in sorted({record.code for record in getattr(budgets, name) if not _panel(record)} - codes):
            yield f"{name}.csv", code, f"is not a state of this case.{did_you_mean(code, codes)}"
    for table in sorted({figure.table for figure in budgets.figures} - tables):
        yield "figures.csv", table, f"is not a table of a case.{did_you_mean(table, tables)}"
    for what, count in Counter(figure.place for figure in budgets.figures).items():
        if count > 1:
            yield "figures.csv", what, "more than one figure has this place. Give each a place of its own."
    yield from _missing(budgets)


def _panel(record: object) -> bool:
    return getattr(record, "table", "") == "panel"


def _missing(budgets: Budgets) -> Iterator[tuple[str, str, str]]:
    """Years that every state must have: those that are needed, and later ones that any has."""
    for table in TABLES:
        years = [*table.needed_years, *table.later_years(budgets.years(table.name))]
        gaps = np.isnan(budgets.wide(table.name, budgets.codes, years))
        for code, row in zip(budgets.codes, gaps, strict=True):
            absent = [str(year) for year, missing in zip(years, row, strict=True) if missing]
            if absent:
                yield (
                    "figures.csv",
                    f"{table.name}, {code}",
                    f"{', '.join(absent)}: no figure; one is needed.",
                )
