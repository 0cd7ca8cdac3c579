"""NATO Defence Expenditure tables, the workbook as published: stacked tables on each sheet."""

from forecaster.readers import layouts
from forecaster.readers.files import Document
from forecaster.readers.layouts.beside import Rules
from forecaster.readers.understanding import Block, Context, Left


def declines(document: Document, _: Context) -> str:
    """Say why a file is not NATO's; '' where it is."""
    texts = document.first_texts
    if "defence expenditure" not in texts or "table 1" not in texts.replace("table  ", "table "):
        return "no sheet is headed 'Table 1 : Defence expenditure'"
    return "" if "allies" in texts or "nato" in texts or "national currency" in texts else "NATO is not named"


def read(document: Document, context: Context) -> tuple[list[Block], list[Left]]:
    """Read each table of each sheet; rows of allies outside the union and of sums are left out."""
    return layouts.read(document.book, context, Rules(strict=False))
