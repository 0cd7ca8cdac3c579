"""Folders that a run writes beside its workbook: a workbook for each ministry, all tables as CSV."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from forecaster.cli.arguments import FOLDER

if TYPE_CHECKING:
    from forecaster.case import Case
    from forecaster.run import Run

Command = TypeVar("Command", bound=Callable[..., Any])

_PER_STATE = click.option(
    "--per-state",
    type=FOLDER,
    help="Also write a workbook for each ministry into this folder, in its money beside the euro.",
)
_TABLES = click.option(
    "--csv",
    "tables",
    type=FOLDER,
    help="Also write all that was read and simulated as CSV, with a JSON description, into this folder.",
)


def folder_options(command: Command) -> Command:
    """Options --per-state and --csv."""
    return _PER_STATE(_TABLES(command))


def ready_folders(
    case: "Case", states: Sequence[str], per_state: Path | None, tables: Path | None, *, force: bool
) -> None:
    """Raise, before a run is computed, where its folders could not be written. No states means all."""
    from forecaster.case import holds_a_case
    from forecaster.datapackage import file_names
    from forecaster.machine.output import ready_folder
    from forecaster.workbook.ministries import book_names

    for option, folder, names in (
        ("--per-state", per_state, book_names(states or case.assumptions.run.states or case.budgets.codes)),
        ("--csv", tables, file_names()),
    ):
        if folder and holds_a_case(folder):
            raise click.UsageError(f"{folder} holds inputs of a case. Name another folder: {option}.")
        if folder:
            ready_folder(folder, names, force=force)


def write_folders(done: "Run", per_state: Path | None, tables: Path | None, *, force: bool) -> Iterator[str]:
    """Write the folders asked for; a line about each."""
    from forecaster import datapackage
    from forecaster.workbook import ministries

    if per_state:
        yield f"Ministries: {len(ministries.write(done, per_state, force=force))} workbooks in {per_state}"
    if tables:
        datapackage.write(done, tables, force=force)
        yield f"Tables: {tables / datapackage.DESCRIPTION}"
