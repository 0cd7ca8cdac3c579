"""A workbook for each ministry: its own view of one run, in its own money beside the euro."""

from collections.abc import Sequence
from pathlib import Path

from forecaster import workbook
from forecaster.machine.output import save_folder
from forecaster.run import Run


def book_name(state: str) -> str:
    """File of a ministry's workbook."""
    return f"edip-{state}.xlsx"


def book_names(states: Sequence[str]) -> tuple[str, ...]:
    """Files of several ministries."""
    return tuple(book_name(state) for state in states)


def write(run: Run, folder: Path, *, force: bool) -> tuple[str, ...]:
    """Write the workbook of each state shown into a folder; the names of the files.

    All are made before the first is saved. Raises OutputExists or OutputNotWritable.
    """
    books = {book_name(state): workbook.content(run.of(state)) for state in run.states}
    save_folder(books, folder, force=force)
    return tuple(books)
