"""The case that a workbook holds: taken out of its sheet Case, checked, written to a folder."""

import itertools
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import openpyxl

from forecaster.case import canonical
from forecaster.errors import InputError, OutputExists
from forecaster.machine import output
from forecaster.readers.files import gate
from forecaster.readers.own.canonical import ORIGIN
from forecaster.sheets.case import COLUMNS, GOES_ON, NAME


def reproduce(book: Path, folder: Path, *, force: bool) -> dict[str, str]:
    """Write the case that a workbook holds to a folder; return name -> text of its files.

    Raises InputError where the book holds no whole case, OutputExists where the folder holds anything and
    force is not given, OutputNotWritable.
    """
    content = files(book)
    if folder.is_dir() and any(folder.iterdir()) and not force:
        raise OutputExists(
            f"{folder}: holds files already. Pass --force to write among them, or another name."
        )
    write(content, folder)
    return content


def write(content: Mapping[str, str], folder: Path) -> None:
    """Write files of a case to a folder, which is made where there is none. Raises OutputNotWritable."""
    output.make_parents(folder)
    output.save_folder({name: text.encode() for name, text in content.items()}, folder, force=True)


def files(book: Path) -> dict[str, str]:
    """Name -> text of each file of the case in a workbook. Raises InputError where it holds no whole case."""
    refuse_unsafe(book)
    file = openpyxl.load_workbook(book, read_only=True)
    try:
        rows = file[NAME].iter_rows(max_col=len(COLUMNS), values_only=True) if NAME in file.sheetnames else ()
        return whole(book, rows)
    finally:
        file.close()


def whole(book: Path, rows: Iterable[tuple[Any, ...]]) -> dict[str, str]:
    """Join the rows of the sheet Case to files. Raises InputError where one is missing or strange."""
    found: dict[str, list[str]] = {}
    lines: list[str] = []
    for mark, text in _below_titles(rows):
        if mark == GOES_ON and lines:
            lines[-1] += text
            continue
        if mark:
            if mark not in canonical.NAMES or mark in found:
                raise InputError(f"{book}, sheet {NAME}: '{mark}' is not a file of a case. {_WHAT}")
            lines = found.setdefault(mark, [])
        lines.append(text)
    if not found:
        raise InputError(f"{book}: holds no case: it has no sheet {NAME}, or an empty one. {_WHAT}")
    missing = [name for name in canonical.NAMES if name not in found]
    if missing:
        raise InputError(f"{book}, sheet {NAME}: {', '.join(missing)} not found. {_WHAT}")
    return {name: "\n".join(found[name]).rstrip("\n") + "\n" for name in canonical.NAMES}


def changed(content: Mapping[str, str]) -> dict[str, tuple[str, str]]:
    """Files of a case that are not as they were written: name -> SHA-256 then and now."""
    was = canonical.written(content[ORIGIN])
    pairs = {name: (sha256, canonical.sha256(content.get(name, ""))) for name, sha256 in was.items()}
    return {name: (then, now) for name, (then, now) in pairs.items() if then != now}


def refuse_unsafe(book: Path) -> None:
    """Raise InputError where a file is no workbook that may be opened."""
    try:
        kind = gate.passed(book).kind
    except gate.Refused as refused:
        raise InputError(refused.text) from None
    if kind != "xlsx":
        raise InputError(f"{book}: is not a workbook (.xlsx). {_WHAT}")


_WHAT = (
    "A report written by `forecaster run` of this version or a later one is needed, with its sheets in full."
)


def _below_titles(rows: Iterable[tuple[Any, ...]]) -> Iterator[tuple[str, str]]:
    """What stands below the titles: a mark, empty in most rows, and a text."""
    titles = tuple(column.title for column in COLUMNS)
    below = itertools.dropwhile(lambda row: row != titles, rows)
    for row in itertools.islice(below, 1, None):
        mark, text = (*row, None, None)[:2]
        yield str(mark or ""), str(text or "")
