"""EDA defence data: a sheet a country with measures down, or a list of country and year."""

import re
from collections.abc import Iterable
from itertools import groupby

from forecaster.readers import layouts
from forecaster.readers.files import Document
from forecaster.readers.layouts.beside import Rules
from forecaster.readers.names import folded
from forecaster.readers.understanding import Block, Context, Left
from forecaster.readers.units import Unit

EUR_MILLION = Unit("EUR million", "money", 1.0, "EUR")
_MONEY = re.compile(
    r"expenditure|investment|procurement|outsourced|r&[dt]|o&m|operations costs|infrastructure"
)


def declines(document: Document, _: Context) -> str:
    """Say why a file is not the EDA's; '' where it is."""
    texts = document.first_texts
    if "total defence expenditure" not in texts:
        return "no heading 'Total Defence Expenditure'"
    return "" if "defence investment" in texts else "no heading 'Defence Investment'"


def read(document: Document, context: Context) -> tuple[list[Block], list[Left]]:
    """Read every country's sheet and every list; a measure of several sheets becomes one table."""
    blocks, left = layouts.read(document.book, context, Rules(strict=False, unit=_unit, row_unit=_row_unit))
    return list(_joined(blocks)), left


def _unit(texts: str) -> Unit | None:
    """Return EUR million for money, as the EDA's definition says, whatever a sheet is called."""
    return _row_unit(texts, EUR_MILLION) if len(texts) < 90 else EUR_MILLION


def _row_unit(label: str, _: Unit) -> Unit:
    """Return the unit of a measure by its name; shares are stored as fractions, troops are counted."""
    plain = folded(label)
    if "%" in plain:
        return Unit("% of GDP" if plain.endswith("gdp") else "%", "share", 1.0)
    if "per capita" in plain or "per military" in plain:
        return Unit("EUR per head", "other", 1.0, "EUR")
    if plain.startswith("gdp") or not _MONEY.search(plain):
        return Unit("number", "other", 1.0)
    return EUR_MILLION


def _joined(blocks: Iterable[Block]) -> Iterable[Block]:
    """Tables of one measure and unit on several sheets as one."""

    def key(block: Block) -> tuple[str, str, str]:
        return block.measure, block.unit.label, block.sheet if block.header == 0 else ""

    for _, group in groupby(sorted(blocks, key=key), key):
        members = list(group)
        first = members[0]
        names = sorted({block.sheet for block in members})
        sheet = names[0] if len(names) == 1 else f"{len(names)} sheets"
        figures = tuple(figure for block in members for figure in block.figures)
        yield Block(sheet, first.measure, first.header, first.unit, figures)
