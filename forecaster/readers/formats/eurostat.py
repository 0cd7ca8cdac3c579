"""Eurostat as published: the workbook of a page, the bulk text table (.tsv, .tsv.gz), JSON-stat."""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from forecaster.figures import Figure
from forecaster.readers import cells, layouts, units
from forecaster.readers.files import Document
from forecaster.readers.files.book import as_text
from forecaster.readers.files.gate import CELLS_LIMIT, Refused
from forecaster.readers.layouts.beside import Rules, label_for
from forecaster.readers.numbers import Desk
from forecaster.readers.understanding import Block, Context, Left
from forecaster.readers.units import Unit


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
        if (block := _bulk_block(desk, document, dims, rows, years, context))
    ]
    return blocks, [Left("A1", ", ".join(sorted(strangers)), "not a member state")] if strangers else []


def _bulk_block(
    desk: Desk,
    document: Document,
    dims: tuple[str, ...],
    rows: list[tuple[int, str]],
    years: Mapping[int, int],
    context: Context,
) -> Block | None:
    unit = next((found for dim in dims if (found := units.coded(dim))), None)
    measure = " ".join(dims)
    figures = []
    for row, code in rows if unit else ():
        for column, year in years.items():
            number = desk.number(row, column, ".")
            if number.value is not None and unit is not None:
                place = desk.sheet.address(row, column)
                figures.append(
                    _figure(
                        document,
                        code,
                        year,
                        number.value,
                        number.raw,
                        number.flag,
                        place,
                        measure,
                        unit,
                        context,
                    )
                )
    return Block("", measure, 1, unit, tuple(figures)) if unit and figures else None


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
    groups: dict[tuple[str, ...], list[Figure]] = defaultdict(list)
    strangers: set[str] = set()
    for position, where in _indices(values, size):
        chosen = [label[index] for label, index in zip(labels, where, strict=True)]
        code, year = context.names.code(chosen[geo]), cells.year(chosen[time])
        dims = tuple(text for index, text in enumerate(chosen) if index not in {geo, time})
        unit = next((found for dim in dims if (found := units.coded(dim))), None)
        if code is None:
            strangers.add(chosen[geo])
        elif year is not None and unit is not None and isinstance(values[position], int | float):
            raw, flag = as_text(values[position]), str(status.get(position, ""))
            groups[dims].append(
                _figure(
                    document,
                    code,
                    year.year,
                    float(values[position]),
                    raw,
                    flag,
                    f"value[{position}]",
                    " ".join(dims),
                    unit,
                    context,
                )
            )
    blocks = []
    for dims, figures in groups.items():
        unit = next(found for dim in dims if (found := units.coded(dim)))
        blocks.append(Block("", " ".join(dims), 0, unit, tuple(figures)))
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


def _figure(  # noqa: PLR0913, PLR0917 - a figure is all of these
    document: Document,
    code: str,
    year: int,
    value: float,
    raw: str,
    flag: str,
    place: str,
    measure: str,
    unit: Unit,
    context: Context,
) -> Figure:
    return Figure(
        table=measure,
        code=code,
        item=str(year),
        value=value * unit.factor,
        unit=label_for(unit, code, context),
        factor=unit.factor,
        flag=flag,
        raw=raw,
        file=document.file.path.name,
        sha256=document.file.sha256,
        sheet="",
        cell=place,
    )
