"""forecaster verify, reproduce: what a report that was written holds."""

from pathlib import Path

import click

from forecaster.cli.arguments import FILE, folder_argument, workers_option
from forecaster.cli.endings import EXIT_CODES, debug_option
from forecaster.cli.progress import progress_bar


@click.command(epilog=EXIT_CODES, short_help="Check a report, and that its case gives it again.")
@click.argument("book", type=FILE)
@click.option(
    "--no-recalculate", is_flag=True, help="Do not have the formulas worked out by another program."
)
@click.option("--no-rerun", is_flag=True, help="Do not run the stored case again.")
@workers_option
@click.option("--json", "as_json", is_flag=True, help="Print all that is found as JSON.")
@debug_option
def verify(book: Path, *, no_recalculate: bool, no_rerun: bool, workers: int | None, as_json: bool) -> None:
    """Check that a report is whole, unchanged, and what its case gives.

    BOOK is a workbook written by `forecaster run`. Its structure is checked, its formulas are worked out by
    another program where one is installed, and the case stored in it is run again and compared cell by cell.
    """
    from forecaster import verify as verification
    from forecaster.errors import CheckFailed

    with progress_bar("Simulating", hidden=as_json) as progress:
        found = verification.verify(
            book, recalculate=not no_recalculate, rerun=not no_rerun, workers=workers, progress=progress
        )
    click.echo(verification.as_json(found) if as_json else "\n".join(verification.lines(found)))
    if found.findings:
        raise CheckFailed(f"{book}: {len(found.findings):,} found; see above.")


@click.command(epilog=EXIT_CODES)
@click.argument("book", type=FILE)
@folder_argument
@click.option("--force", is_flag=True, help="Write also where there are files already.")
@debug_option
def reproduce(book: Path, folder: Path, *, force: bool) -> None:
    """Write the case that a report holds to a folder.

    Running FOLDER gives BOOK again, byte for byte on the same versions; its settings are part of the case.
    """
    from forecaster.errors import typed
    from forecaster.verify.reproduce import changed
    from forecaster.verify.reproduce import reproduce as written

    content = written(book, folder, force=force)
    click.echo(f"{folder}: {', '.join(content)}")
    for name in changed(content):
        click.echo(f"Warning: {name} was changed in the workbook after it was written.", err=True)
    click.echo(f"Next: `forecaster run {typed(folder)} --output again.xlsx`.", err=True)
