"""forecaster explain: why a number is what it is."""

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from forecaster.cli.arguments import FOLDER, workers_option
from forecaster.cli.choices import Known, Setting
from forecaster.cli.endings import EXIT_CODES, debug_option
from forecaster.cli.progress import progress_bar

if TYPE_CHECKING:
    from forecaster.case import Case


def _read(ctx: click.Context, _: click.Parameter, place: Path | None) -> "Case | None":
    """Read the case of a folder or a report before the state and the scenario are looked up in it."""
    if ctx.resilient_parsing:
        return None
    from forecaster.case import bundled
    from forecaster.compare.sides import case_in

    return case_in(place or bundled())


@click.command(epilog=EXIT_CODES, short_help="Tell how one strain comes about, step by step.")
@click.argument("state", type=Known("state", "states"))
@click.argument("year", type=int)
@click.argument("case", required=False, is_eager=True, type=FOLDER, callback=_read)
@click.option(
    "--scenario",
    type=Known("scenario", "scenarios"),
    default="baseline",
    show_default=True,
    help="Scenario to explain; a+b takes two together.",
)
@click.option("--paths", type=Setting("paths", int), help="Number of draws, a multiple of 1,024.")
@click.option("--json", "as_json", is_flag=True, help="Print the chain as JSON.")
@click.option("--quiet", is_flag=True, help="No progress bar.")
@workers_option
@debug_option
def explain(  # noqa: PLR0913 - one argument an option
    state: str,
    year: int,
    case: "Case",
    *,
    scenario: str,
    paths: int | None,
    as_json: bool,
    quiet: bool,
    workers: int | None,
) -> None:
    """Tell how the strain of a STATE in a YEAR comes about, from the inputs on.

    Every step has its formula, its value, its source and the cell of the report it stands in. CASE is a
    folder or a report, which carries its case and its settings; without it the bundled case is explained.
    Only the baseline and the scenario are simulated; cells are those of the report with all of them.
    """
    from forecaster import __version__, pipeline
    from forecaster.assembly.gaps import refuse_gaps
    from forecaster.case import canonical
    from forecaster.case.settings import settled
    from forecaster.explain.chain import chain
    from forecaster.explain.told import data, lines

    _refuse_state(case, state)
    _refuse_year(case, year)
    refuse_gaps(case)
    report = settled(case, scenarios=_scenarios(case, scenario), paths=paths)
    with progress_bar("Simulating", hidden=quiet) as progress:
        simulated = settled(report, scenarios=(scenario,), drivers=False)
        run = pipeline.run(simulated, workers=workers, progress=progress)
    report = settled(report, paths=run.settings.paths, precision=run.settings.precision)
    run = replace(run, run_id=canonical.run_id(canonical.identity(report), __version__))
    found = chain(run, state, year, scenario, report)
    click.echo(json.dumps(data(found), indent=2, allow_nan=False) if as_json else "\n".join(lines(found)))


def _scenarios(case: "Case", scenario: str) -> tuple[str, ...]:
    """Scenarios to run: those of the report, as cells depend on them, and the one asked about."""
    known, given = {table.id for table in case.scenarios}, case.assumptions.run.scenarios
    there = scenario in (given or known)
    return given if there else (*given, scenario)


def _refuse_state(case: "Case", state: str) -> None:
    """Refuse a state of which the report has no cells."""
    from forecaster.case.settings import settled, shown

    run = settled(case).assumptions.run
    there = (run.ministry,) if run.ministry else shown(case)
    if state not in there:
        raise click.UsageError(
            f"{state} is not in this report, which shows {', '.join(there)} alone. Give the report of all "
            "states."
        )


def _refuse_year(case: "Case", year: int) -> None:
    run = case.assumptions.run
    first, last = run.projected[0], run.projected[-1]
    if not first <= year <= last:
        raise click.UsageError(
            f"{year} is not projected by this case, which has the years {first} to {last}."
        )
