"""A workbook that `forecaster run` wrote: it holds results, and is told from a ministry's figures."""

from forecaster.errors import typed
from forecaster.readers.files import Document
from forecaster.readers.files.gate import Refused
from forecaster.readers.understanding import Block, Context, Left

SHEET, TITLE = "Case", "Case: all that the run started from"


def declines(document: Document, _: Context) -> str:
    """Say why a file is no report; '' where it is one."""
    sheet = document.book.sheet(SHEET)
    return "" if sheet is not None and sheet.text(1, 1) == TITLE else f"no sheet {SHEET} of a report"


def read(document: Document, _: Context) -> tuple[list[Block], list[Left]]:
    """Raise Refused: what a report holds is no input."""
    name = document.book.file
    raise Refused(
        f"{name} is a report of this program, not a spreadsheet of budgets. The budgets that it was made "
        f"from are in its case: forecaster reproduce {typed(name)} FOLDER"
    )
