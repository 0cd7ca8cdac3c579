"""forecaster compare: what changed between two cases or reports, and what that did to the results."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from forecaster.cli.arguments import FOLDER, refuse_budgets, workers_option, xlsx_only
from forecaster.cli.choices import Setting
from forecaster.cli.endings import EXIT_CODES, debug_option
from forecaster.cli.progress import progress_bar

if TYPE_CHECKING:
    from forecaster.compare.bridge import Comparison


def _both(_: click.Context, __: click.Parameter, places: tuple[Path, ...]) -> tuple[Path, ...]:
    """The two sides of a comparison: the bundled case stands in for the first."""
    from forecaster.case import bundled

    match places:
        case (one,):
            return bundled(), one
        case (_, _):
            return places
        case _:
            raise click.BadParameter(
                f"two are compared, {len(places)} were given: {', '.join(map(str, places))}."
            )


@click.command(epilog=EXIT_CODES, short_help="Tell what changed from A to B, and what each change did.")
@click.argument("sides", metavar="[A] B", nargs=-1, required=True, type=FOLDER, callback=_both)
@click.option(
    "--scenario", default="baseline", show_default=True, help="Scenario to bridge; a+b takes two together."
)
@click.option(
    "--paths",
    type=Setting("paths", int),
    help="Number of draws a run. [default: as in A and B, at most 16,384]",
)
@click.option("--seed", type=Setting("seed", int), help="Seed of the draws. [default: as in A and B]")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    callback=xlsx_only,
    help="Write the comparison to a workbook, ending in .xlsx.",
)
@click.option("--force", is_flag=True, help="Replace a workbook that is already there.")
@click.option("--json", "as_json", is_flag=True, help="Print the comparison as JSON.")
@click.option("--quiet", is_flag=True, help="No progress bar and no notes.")
@workers_option
@debug_option
def compare(  # noqa: PLR0913 - one argument an option
    sides: tuple[Path, Path],
    *,
    scenario: str,
    paths: int | None,
    seed: int | None,
    output: Path | None,
    force: bool,
    as_json: bool,
    quiet: bool,
    workers: int | None,
) -> None:
    """Tell what changed from A to B, and what each change did to the results.

    A and B are each a case folder or a report, which carries its case; without A, B is compared with the
    bundled case. All values that differ are told, then how much of the change of each headline figure each
    kind of change made, on the same draws.
    """
    from forecaster.compare.bridge import compared
    from forecaster.compare.sides import alike, side
    from forecaster.machine.output import ready

    if output:
        refuse_budgets(output)
        ready(output, force=force)
    first, second = (alike(side(place), paths, seed) for place in sides)
    with progress_bar("Comparing", hidden=quiet) as progress:
        found = compared(first, second, scenario, progress, workers)
    if output:
        _write(found, output, force=force)
    _tell(found, output, as_json=as_json, quiet=quiet)


def _write(found: "Comparison", output: Path, *, force: bool) -> None:
    from forecaster.compare.pages import book
    from forecaster.machine.output import save

    save(book(found), output, force=force)


def _tell(found: "Comparison", output: Path | None, *, as_json: bool, quiet: bool) -> None:
    from forecaster.compare.told import data, lines

    if as_json:
        click.echo(json.dumps(data(found), indent=2, allow_nan=False))
    else:
        click.echo("\n".join(lines(found)))
    if output and not quiet:
        click.echo(f"Comparison: {output}", err=True)
