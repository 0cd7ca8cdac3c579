"""The case that a workbook holds: taken out of its sheet Case, checked, written to a folder."""

import itertools
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import openpyxl

from forecaster import canonical, output
from forecaster.errors import InputError, OutputExists, OutputNotWritable
from forecaster.readers import gate
from forecaster.sheets.case import COLUMNS, NAME


def reproduce(book: Path, folder: Path, *, force: bool) -> tuple[str, ...]:
    """Write the case that a workbook holds to a folder; return the names of the files.

    Raises InputError where the book holds no whole case, OutputExists where the folder holds anything and
    force is not given, OutputNotWritable.
    """
    content = files(book)
    if folder.is_dir() and any(folder.iterdir()) and not force:
        raise OutputExists(
            f"{folder}: holds files already. Pass --force to write among them, or another name."
        )
    write(content, folder)
    return tuple(content)


def write(content: Mapping[str, str], folder: Path) -> None:
    """Write files of a case to a folder, which is made where there is none. Raises OutputNotWritable."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputNotWritable(f"{folder}: {error.strerror}. Choose another folder.") from error
    for name, text in content.items():
        output.save(text.encode(), folder / name, force=True)


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
    """Join the rows of the sheet Case to files. Raises InputError where a file or a line is missing."""
    lines = list(_lines(rows))
    if not lines:
        raise InputError(f"{book}: holds no case: it has no sheet {NAME}, or an empty one. {_WHAT}")
    found: dict[str, str] = {}
    for name, group in itertools.groupby(lines, key=lambda line: line[0]):
        if name not in canonical.NAMES or name in found:
            raise InputError(f"{book}, sheet {NAME}: '{name}' is not a file of a case. {_WHAT}")
        texts: dict[int, str] = {}
        for _, number, text in group:
            texts[number] = texts.get(number, "") + text
        if list(texts) != list(range(1, len(texts) + 1)):
            raise InputError(f"{book}, sheet {NAME}: lines of {name} are missing or out of order. {_WHAT}")
        found[name] = "\n".join([*texts.values(), ""])
    missing = [name for name in canonical.NAMES if name not in found]
    if missing:
        raise InputError(f"{book}, sheet {NAME}: {', '.join(missing)} not found. {_WHAT}")
    return {name: found[name] for name in canonical.NAMES}


def refuse_unsafe(book: Path) -> None:
    """Raise InputError where a file is no workbook that may be opened."""
    try:
        kind = gate.passed(book).kind
    except gate.Refused as refused:
        raise InputError(f"{book}: {refused.text}") from None
    if kind != "xlsx":
        raise InputError(f"{book}: is not a workbook (.xlsx). {_WHAT}")


_WHAT = (
    "A report written by `forecaster run` of this version or a later one is needed, with its sheets in full."
)


def _lines(rows: Iterable[tuple[Any, ...]]) -> Iterator[tuple[str, int, str]]:
    """File, line and text of each row below the titles; rows without a number tell about the columns."""
    titles = tuple(column.title for column in COLUMNS)
    below = itertools.dropwhile(lambda row: row != titles, rows)
    for name, number, text in itertools.islice(below, 1, None):
        if isinstance(name, str) and isinstance(number, int | float):
            yield name, int(number), "" if text is None else str(text)
