"""A Run as a workbook: the only place that knows XlsxWriter.

What is written follows from the data of the sheets, how it looks from role and unit. The same Run gives the
same bytes: no clock, no path, the date of the case as the date of the file.
"""

import os
import sys
from datetime import UTC, date, datetime
from io import BytesIO
from pathlib import Path

import xlsxwriter
from xlsxwriter.exceptions import FileCreateError

from forecaster import __version__
from forecaster.machine.memory import set_aside, uncollected
from forecaster.machine.output import save
from forecaster.machine.scratch import room_for, temporary_folder
from forecaster.readers.files.spreadsheets import AUTHOR
from forecaster.report.layout import Layout
from forecaster.report.sheet import Sheet
from forecaster.run import Run
from forecaster.sheets import report
from forecaster.sheets.checks import MASTER
from forecaster.workbook.looks import Looks
from forecaster.workbook.pages import put_page
from forecaster.workbook.pen import Book, Pen
from forecaster.workbook.text import clean
from models.tally import stored

__all__ = ["Book", "content", "created", "rendered", "write"]

PLAIN_TEXT = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}


class _Unclosed(BytesIO):
    """Stays open until it is gone: an archive that XlsxWriter leaves after an error writes to it in the end.

    On a closed one Python 3.13 prints that as an exception.
    """

    def close(self) -> None:
        """Do nothing: memory is all that would be given back."""


def write(run: Run, target: Path, force: bool) -> None:  # noqa: FBT001 - the caller passes what the user said
    """Write the workbook of a run. Raises OutputExists or OutputNotWritable."""
    save(content(run), target, force=force)


def content(run: Run) -> bytes:
    """Return the workbook of a run."""
    book = Book(run.case.programme.name, run.run_id, created(run.settings.as_of), MASTER)
    with uncollected():
        sheets = report(run)
        set_aside(stored(run.statistics.tallies))  # all that is told of them stands on the sheets
        return rendered(sheets, book)


def created(as_of: str) -> datetime:
    """Return the date a workbook bears: that of the case, or SOURCE_DATE_EPOCH where it is set."""
    if epoch := os.environ.get("SOURCE_DATE_EPOCH"):
        return datetime.fromtimestamp(int(epoch), UTC).replace(tzinfo=None)
    return datetime.combine(date.fromisoformat(as_of), datetime.min.time())


def rendered(sheets: tuple[Sheet, ...], book: Book) -> bytes:
    """Return the workbook that shows these sheets, in their order. Raises OutputNotWritable.

    Its parts stand in a folder of their own until they are packed: some 40 MB that memory need not hold. What
    that folder's file system says of who may read a file is in the bytes too. On Windows memory holds them:
    a part that a scanner of viruses still reads cannot be removed, and XlsxWriter ends there (its issue 583).
    """
    with (
        room_for("the parts of the workbook"),
        temporary_folder() as folder,
    ):
        try:
            return _packed(sheets, book, folder)
        except FileCreateError as error:
            raise OSError(*error.args) from error


def _packed(sheets: tuple[Sheet, ...], book: Book, folder: str) -> bytes:
    """Return the workbook; folder: for its parts."""
    stream = _Unclosed()
    place = {"tmpdir": folder, "in_memory": sys.platform == "win32"}
    with xlsxwriter.Workbook(stream, {**place, **PLAIN_TEXT}) as file:
        about = {"author": AUTHOR.format(version=__version__), "comments": f"run {book.run_id}"}
        file.set_properties({**about, "title": clean(book.title), "created": book.created})
        pen = Pen(file, Layout(sheets), Looks(file), book)
        for page in pen.layout.pages:
            put_page(pen, page)
    return stream.getvalue()
