"""The first helper of a run: it starts before the case is read and loads the program meanwhile."""

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

import click

from forecaster.cli.arguments import FOLDER, load_case

if TYPE_CHECKING:
    from forecaster.case import Case
    from forecaster.machine.processes import Team

TEAM = "forecaster.team"
"""Under which a context holds the helper."""

PROGRAM = "forecaster.pipeline"
"""What imports all that a run needs but for its workbook."""


def started() -> "Team | None":
    """The helper of the command that runs, None where it takes a single process."""
    team: Team | None = click.get_current_context().meta[TEAM]
    return team


def _load_case(ctx: click.Context, param: click.Parameter, folder: Path | None) -> "Case | None":
    """Start the helper and load the case."""
    if not ctx.resilient_parsing:
        from forecaster.machine.memory import lasting
        from forecaster.machine.processes import ahead

        root = ctx.find_root()  # other contexts are not closed where an option is refused
        ctx.meta[TEAM] = root.with_resource(ahead(ctx.params.get("workers"), _load_loops))
        with lasting():
            import_module(PROGRAM)
    return load_case(ctx, param, folder)


def _load_loops() -> None:
    """Work of the helper."""
    import_module(PROGRAM)
    from forecaster.engine.crew import call_first_loop

    call_first_loop()


case_argument = click.argument("case", required=False, is_eager=True, type=FOLDER, callback=_load_case)
"""The case of a run. `--workers` is eager too, so that it is known by then."""
