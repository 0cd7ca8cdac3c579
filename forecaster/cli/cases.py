"""forecaster init, check, list, read: a case before it is run."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from forecaster.cli.arguments import FILE, FOLDER, case_argument, folder_argument
from forecaster.cli.choices import TABLES, Known, Listed
from forecaster.cli.endings import EXIT_CODES, debug_option

if TYPE_CHECKING:
    from forecaster.case import Case


@click.command(epilog=EXIT_CODES)
@folder_argument
@click.option("--csv", is_flag=True, help="Write the budget tables as CSV files instead of budgets.xlsx.")
@click.option(
    "--programme",
    type=Known("programme", "programmes"),
    help="Another programme in place of the bundled one; `forecaster list programmes` shows them.",
)
@click.option("--force", is_flag=True, help="Replace files that are already there.")
@debug_option
def init(folder: Path, *, csv: bool, programme: str | None, force: bool) -> None:
    """Write the bundled case to start from.

    Writes into FOLDER the tables of the 27 states, assumptions, programme, scenarios and a README.
    """
    from forecaster.case import init as copy
    from forecaster.errors import typed

    names = copy(folder, csv=csv, force=force, example=programme)
    click.echo(f"{folder}: {', '.join(names)}")
    name = typed(folder)
    click.echo(f"Next: change them, then `forecaster check {name}` and `forecaster run {name}`.", err=True)


@click.command(epilog=EXIT_CODES)
@case_argument
@debug_option
def check(case: "Case") -> None:
    """Read a case and say what it holds.

    CASE is a folder; without it the bundled case is read. Budgets are forecast; nothing is simulated.
    """
    from forecaster.assembly import budget_forecast
    from forecaster.assembly.gaps import refuse_gaps
    from forecaster.case.law import legal_checks
    from forecaster.case.overview import bound, overview
    from forecaster.errors import CheckFailed
    from forecaster.forecasts.cautions import forecast_cautions

    refuse_gaps(case)
    forecast = budget_forecast(case, case.assumptions.run.projected)
    click.echo("\n".join(overview(case, forecast_cautions(case, forecast))))
    failed = [bound(check) for check in legal_checks(case.programme) if not check.holds]
    if failed:
        raise CheckFailed(f"{case.programme.legal_basis} does not allow: {'; '.join(failed)}.")


@click.command("list", epilog=EXIT_CODES, short_help="List states, scenarios, levers, sheets and more.")
@click.argument("what", type=Listed(list(TABLES)), metavar="WHAT")
@case_argument
@debug_option
def list_(what: str, case: "Case") -> None:
    """List names of a kind, each with what it stands for.

    WHAT is one of states, scenarios, levers, metrics, methods, programmes, sheets. CASE is a folder; without
    it the names of the bundled case are listed.
    """
    table = TABLES[what](case)
    width = max(map(len, table), default=0)
    click.echo("\n".join(f"{name:{width}}  {about}".rstrip() for name, about in table.items()))


@click.command("read", epilog=EXIT_CODES)
@click.argument("file", type=FILE)
@click.option("--case", "case_folder", type=FOLDER, help="Case whose [sources.XX] names FILE.")
@click.option("--password-file", type=FILE, help="File that holds the password of FILE.")
@click.option("--json", "as_json", is_flag=True, help="Print all that is understood as JSON.")
@click.option("--csv", "as_csv", is_flag=True, help="Print all figures as CSV, each with its cell.")
@debug_option
def read_(
    file: Path, *, case_folder: Path | None, password_file: Path | None, as_json: bool, as_csv: bool
) -> None:
    """Show what is understood of a spreadsheet.

    FILE may be .xlsx, .xlsm, .csv, .tsv or JSON-stat, a ministry's or a publisher's.
    """
    from forecaster.case import bundled
    from forecaster.errors import InputError
    from forecaster.readers import preview

    if as_json and as_csv:
        raise click.UsageError("--csv and --json are two ways to print the same. Give one.")
    found = preview.answer(file, bundled(), case_folder, password_file)
    if as_json:
        click.echo(preview.as_json(found))
    elif as_csv:
        click.echo(preview.as_csv(found), nl=False)
    else:
        click.echo("\n".join(preview.lines(found)))
    found.problems.raise_if_any(InputError)
