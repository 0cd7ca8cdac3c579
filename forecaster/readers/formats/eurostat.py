"""Eurostat as published: the workbook of a page, the bulk text table (.tsv, .tsv.gz), JSON-stat."""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from forecaster.readers import cells, layouts, units
from forecaster.readers.files import Document
from forecaster.readers.files.book import as_text
from forecaster.readers.files.gate import CELLS_LIMIT, Refused
from forecaster.readers.layouts.beside import Rules
from forecaster.readers.numbers import Desk, Number
from forecaster.readers.understanding import Block, Context, Left, Measure

Found = tuple[str, int, Number, str]
"""State, year, number and the cell or position it stands at."""


def page_declines(document: Document, _: Context) -> str:
    """Say why a workbook is not the export of a Eurostat page; '' where it is."""
    texts = document.first_texts
    named = "dataset" in texts or "eurostat" in texts
    return "" if "extracted on" in texts and named else "no 'Extracted on' with a dataset"


def read_page(document: Document, context: Context) -> tuple[list[Block], list[Left]]:
    """Read every data sheet: unit and dataset above, years across, each with a column of flags."""
    return layouts.read(document.book, context, Rules(strict=False))


def bulk_declines(document: Document, _: Context) -> str:
    r"""Say why a text table is not Eurostat's bulk file; '' where it is: its corner reads 'unit,geo\time'."""
    for sheet in document.book.sheets:
        corner = sheet.text(1, 1)
        if sheet.delimiter and "\\" in corner and "geo" in _dimensions(corner):
            return ""
    return r"the first cell is no list of dimensions such as unit,geo\time"


def _dimensions(corner: str) -> list[str]:
    return [name.strip().casefold() for name in corner.split("\\", 1)[0].split(",")]


def read_bulk(document: Document, context: Context) -> tuple[list[Block], list[Left]]:
    """Read the rows of member states; each combination of the other dimensions is a table."""
    sheet = document.book.sheets[0]
    names = _dimensions(sheet.text(1, 1))
    years = {
        column: year.year
        for column in range(2, sheet.width + 1)
        if (year := cells.year(sheet.value(1, column))) is not None
    }
    groups: dict[tuple[str, ...], list[tuple[int, str]]] = defaultdict(list)
    strangers: set[str] = set()
    for row in range(2, len(sheet.rows) + 1):
        parts = sheet.text(row, 1).split(",")
        if len(parts) != len(names):
            continue
        named = dict(zip(names, parts, strict=True))
        code = context.names.code(named.pop("geo"))
        if code is None:
            strangers.add(parts[names.index("geo")])
        else:
            groups[tuple(named.values())].append((row, code))
    desk = context.desk(document.book, sheet)
    blocks = [
        block
        for dims, rows in groups.items()
        for block in _blocks(document, dims, 1, _rows(desk, rows, years), context)
    ]
    return blocks, [Left("A1", ", ".join(sorted(strangers)), "not a member state")] if strangers else []


def _rows(desk: Desk, rows: Iterable[tuple[int, str]], years: Mapping[int, int]) -> Iterator[Found]:
    for row, code in rows:
        for column, year in years.items():
            number = desk.number(row, column, ".")
            if number.value is not None:
                yield code, year, number, desk.sheet.address(row, column)


def _blocks(
    document: Document, dims: Sequence[str], header: int, found: Iterable[Found], context: Context
) -> list[Block]:
    """Return the table of a combination of the other dimensions, none where they name no unit."""
    unit = next((known for dim in dims if (known := units.coded(dim))), None)
    if unit is None:
        return []
    measure = Measure(" ".join(dims), unit, document.book)
    return measure.blocks(header, (measure.figure(*one, context.names) for one in found))


def json_declines(document: Document, _: Context) -> str:
    """Say why a file is not JSON-stat; '' where it is."""
    head = document.json[:3000]
    return "" if '"class"' in head and "dataset" in head else "not JSON-stat"


def read_json(document: Document, context: Context) -> tuple[list[Block], list[Left]]:
    """Read a JSON-stat dataset: its values by position, with their flags. Raises Refused for other JSON."""
    try:
        data = json.loads(document.json)
        return _dataset(data, document, context)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, IndexError):
        size = document.file.path.stat().st_size
        raise Refused(
            f"{document.file.path.name} is not a complete JSON-stat file ({size:,} bytes). Copy it again."
        ) from None


def _dataset(data: Mapping[str, Any], document: Document, context: Context) -> tuple[list[Block], list[Left]]:
    names, size = [name.casefold() for name in data["id"]], data["size"]
    labels = [_categories(data["dimension"][name]) for name in data["id"]]
    values, status = _positions(data["value"]), _positions(data.get("status") or {})
    geo, time = names.index("geo"), names.index("time")
    if len(values) > CELLS_LIMIT or [len(label) for label in labels] != list(size):
        raise ValueError("sizes do not fit")
    groups: dict[tuple[str, ...], list[Found]] = defaultdict(list)
    strangers: set[str] = set()
    for position, where in _indices(values, size):
        chosen = [label[index] for label, index in zip(labels, where, strict=True)]
        code, year = context.names.code(chosen[geo]), cells.year(chosen[time])
        dims = tuple(text for index, text in enumerate(chosen) if index not in {geo, time})
        if code is None:
            strangers.add(chosen[geo])
        elif year is not None and isinstance(values[position], int | float):
            number = Number(float(values[position]), as_text(values[position]), str(status.get(position, "")))
            groups[dims].append((code, year.year, number, f"value[{position}]"))
    blocks = [block for dims, found in groups.items() for block in _blocks(document, dims, 0, found, context)]
    return blocks, [Left("geo", ", ".join(sorted(strangers)), "not a member state")] if strangers else []


def _categories(dimension: Mapping[str, Any]) -> list[str]:
    index = dimension["category"]["index"]
    return list(index) if isinstance(index, list) else sorted(index, key=lambda name: index[name])


def _positions(found: Mapping[str, Any] | list[Any]) -> dict[int, Any]:
    if isinstance(found, list):
        return {position: value for position, value in enumerate(found) if value is not None}
    return {int(position): value for position, value in found.items() if value is not None}


def _indices(values: Mapping[int, Any], size: list[int]) -> Iterator[tuple[int, list[int]]]:
    """Each position of a dataset with the index in every dimension, the last running fastest."""
    for position in values:
        rest, where = position, list[int]()
        for length in reversed(size):
            rest, index = divmod(rest, length)
            where.insert(0, index)
        if rest == 0 and position >= 0:
            yield position, where
