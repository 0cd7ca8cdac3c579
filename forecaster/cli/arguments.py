"""Arguments and options that several commands take."""

import sys
from collections.abc import Callable
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from forecaster.cli.choices import Known, Setting

if TYPE_CHECKING:
    from forecaster.case import Case

Command = TypeVar("Command", bound=Callable[..., Any])


def load_case(ctx: click.Context, _: click.Parameter, folder: Path | None) -> "Case | None":
    """Load the case before the options that choose among its states and scenarios are read."""
    if ctx.resilient_parsing:
        return None
    from forecaster.case import bundled_case, load

    return load(folder) if folder else bundled_case()


class Place(click.Path):
    r"""The name of a file or folder; an empty one, which would be the current folder, is refused.

    So is one with a quotation mark on Windows, which makes it of the end of "C:\my case\": what follows on
    the command line would be a part of the name.
    """

    def __init__(self, instead: str) -> None:
        super().__init__(path_type=Path)
        self.instead = instead

    def convert(
        self, value: str | PathLike[str], param: click.Parameter | None, ctx: click.Context | None
    ) -> Any:  # noqa: ANN401 - as click.Path
        """Return the path, or fail where the name cannot be one."""
        if not str(value).strip():
            self.fail(f"the name is empty. Write {self.instead}.", param, ctx)
        if sys.platform == "win32" and '"' in str(value):
            what = "holds a quotation mark, as Windows makes of a backslash before one"
            self.fail(f"'{value}' {what}. Write the folder without a backslash at its end.", param, ctx)
        return super().convert(value, param, ctx)


FILE = Place("the name of a file")
FOLDER = Place(". for the current folder")

case_argument = click.argument("case", required=False, is_eager=True, type=FOLDER, callback=load_case)
folder_argument = click.argument("folder", type=FOLDER)


def xlsx_only(ctx: click.Context, param: click.Parameter, target: Path | None) -> Path | None:
    """Refuse the name of a workbook that is empty or does not end in .xlsx."""
    if target and not target.name:
        raise click.BadParameter("names no workbook. Write a name that ends in .xlsx.", ctx, param)
    if target and target.suffix.lower() != ".xlsx":
        raise click.BadParameter(f"'{target}' does not end in .xlsx.", ctx, param)
    return target


def refuse_budgets(target: Path) -> None:
    """Refuse to write a workbook over the budgets of a case, of whichever."""
    from forecaster.case import holds_a_case
    from forecaster.readers import WORKBOOK

    if target.name.lower() == WORKBOOK and holds_a_case(target.parent):
        raise click.UsageError(f"{target} is an input of a case. Choose another name with --output.")


def state_option(about: str) -> Callable[[Command], Command]:
    """An option --state that may be repeated, with what it does."""
    return click.option(
        "--state", "states", multiple=True, type=Known("state", "states"), help=f"{about}; may be repeated."
    )


workers_option = click.option(
    "--workers", type=click.IntRange(min=1), help="Number of processes. [default: all processors]"
)

years_option = click.option("--years", type=Setting("years", int), help="Number of projected years, 1 to 20.")

set_option = click.option(
    "--set",
    "changes",
    multiple=True,
    metavar="KEY=VALUE",
    help="Change one value: cost.growth_median=1.3, recession.growth=-0.02, line.procurement.new=0.5; may be "
    "repeated. The report says so.",
)
