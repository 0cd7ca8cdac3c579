"""The first helper of a run: it starts before the case is read and loads the program meanwhile."""

from collections.abc import Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any

import click

from forecaster.cli.arguments import FOLDER, load_case

if TYPE_CHECKING:
    from forecaster.machine.processes import Team

TEAM = "forecaster.team"
"""Under which a context holds the helper."""

PROGRAM = "forecaster.pipeline"
"""What imports all that a run needs but for its workbook."""


def started() -> "Team | None":
    """The helper of the command that runs, None where it takes a single process."""
    team: Team | None = click.get_current_context().meta[TEAM]
    return team


class _Case(click.Argument):
    """The case of a run."""

    def handle_parse_result(
        self, ctx: click.Context, opts: Mapping[str, Any], args: list[str]
    ) -> tuple[Any, list[str]]:
        """Start the helper before the case is loaded, which click does before it looks at --workers."""
        if not ctx.resilient_parsing:
            from forecaster.machine.memory import lasting
            from forecaster.machine.processes import ahead

            root = ctx.find_root()  # other contexts are not closed where an option is refused
            ctx.meta[TEAM] = root.with_resource(ahead(_workers(opts.get("workers")), _load))
            with lasting():
                import_module(PROGRAM)
        return super().handle_parse_result(ctx, opts, args)


def _workers(given: str | None) -> int | None:
    """What --workers asks for, None where it is not there; one process where it is refused later."""
    if given is None:
        return None
    return max(1, int(given)) if given.isdecimal() else 1


def _load() -> None:
    """Work of the helper."""
    import_module(PROGRAM)
    from forecaster.engine.crew import load_loops

    load_loops()


case_argument = click.argument(
    "case", cls=_Case, required=False, is_eager=True, type=FOLDER, callback=load_case
)
