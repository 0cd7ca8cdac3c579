"""forecaster forecast, backtest: the budgets alone, ahead and in the past."""

from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click
from click.core import ParameterSource

from forecaster.cli.arguments import FILE, case_argument, state_option, years_option
from forecaster.cli.choices import Known
from forecaster.cli.endings import EXIT_CODES, debug_option

if TYPE_CHECKING:
    from forecaster.case import Case


@click.command("forecast", epilog=EXIT_CODES)
@case_argument
@state_option("Show only this state")
@years_option
@click.option("--csv", "as_csv", is_flag=True, help="Print as CSV.")
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
@debug_option
def forecast_(
    case: "Case", states: tuple[str, ...], years: int | None, *, as_csv: bool, as_json: bool
) -> None:
    """Print percentiles of each state's defence budget.

    EUR million, with plans and without the pledge. CASE is a folder; without it the bundled case is forecast.
    """
    from forecaster.forecasts.ahead import case_percentiles

    if as_csv and as_json:
        raise click.UsageError("--csv and --json are two ways to print the same. Give one.")
    table = case_percentiles(case, years or case.assumptions.run.years)
    table = table[table["state"].isin(states)] if states else table
    if as_json:
        click.echo(table.to_json(orient="records", double_precision=6, indent=2))
    elif as_csv:
        click.echo(table.to_csv(index=False, lineterminator="\n", float_format="%.9g"), nl=False)
    else:
        shown = table.drop(columns=["note"])
        click.echo(shown.to_string(index=False, na_rep="", float_format="{:,.0f}".format))


@click.command(epilog=EXIT_CODES)
@click.argument("series", required=False, type=FILE)
@click.option("--tasks", type=FILE, help="CSV with series_id, origin, hmax; needed with SERIES.")
@click.option(
    "--method",
    default="pooled",
    show_default=True,
    type=Known("method", "methods"),
    help="`forecaster list methods` shows them.",
)
@click.option(
    "--kind",
    default="share",
    show_default=True,
    type=click.Choice(["share", "amount"]),
    help="What the values are: shares of GDP, without drift in the long run, or amounts.",
)
@click.option("--share", type=FILE, help="CSV of the same series as shares of GDP [%].")
@click.option("-o", "--output", type=FILE, help="CSV of quantiles to write.")
@click.option("--force", is_flag=True, help="Replace a file that is already there.")
@debug_option
def backtest(
    series: Path | None,
    tasks: Path | None,
    method: str,
    kind: Literal["share", "amount"],
    share: Path | None,
    output: Path | None,
    *,
    force: bool,
) -> None:
    """Forecast from the past, without looking ahead.

    SERIES is a CSV with series_id, year, value; each task is forecast from values up to its origin. Without
    SERIES the bundled case's budgets are forecast from 2000 on, scored, and compared with other methods.
    """
    from forecaster.forecasts import series as past
    from forecaster.machine.output import ready, save

    if series is None:
        _refuse_idle()
        from forecaster.case import bundled_case
        from forecaster.forecasts.backtest import case_backtest, lines

        click.echo("\n".join(lines(case_backtest(bundled_case()))))
        return
    if tasks is None:
        raise click.UsageError("--tasks is needed with SERIES.")
    if output:
        ready(output, force=force)
    panel = past.read_series(series)
    shares = past.read_series(share) if share else None
    found = past.task_quantiles(panel, past.read_tasks(tasks, panel), method, kind, shares)
    told = past.csv_text(found)
    if output:
        save(told.encode(), output, force=force)
    else:
        click.echo(told, nl=False)


def _refuse_idle() -> None:
    """Refuse options that only a backtest of SERIES heeds."""
    here = click.get_current_context()
    given = [
        param
        for param in here.command.params
        if isinstance(param, click.Option)
        and param.expose_value
        and here.get_parameter_source(param.name or "") is ParameterSource.COMMANDLINE
    ]
    if given:
        raise click.UsageError(f"{', '.join(param.opts[-1] for param in given)} needs SERIES.")
