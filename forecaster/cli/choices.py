"""What a user can choose from: each table is read when a choice is made, completed or listed."""

import sys
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, TypeVar

import click
from click.shell_completion import CompletionItem

if TYPE_CHECKING:
    from forecaster.case import Case

Number = TypeVar("Number", int, float)
Table = Mapping[str, str]
"""Name -> a few words about it."""
_UNION = ("eu", "eu27", "union", "european union")


class Known(click.ParamType[str]):
    """A name in one of the TABLES; one that is not there is refused with the nearest that is."""

    def __init__(self, kind: str, table: str) -> None:
        self.name = kind
        self.table = table

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the name, also for another name it goes by; else fail with a suggestion."""
        names = _names(TABLES[self.table](_case(ctx)))
        parts = value.split("+") if self.table == "scenarios" and value not in names else [value]
        name = "+".join(self._name(part, names, param, ctx) for part in parts)
        return self._once(name, param, ctx) if len(parts) > 1 else name

    def _once(self, name: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return a combination; fail where it names a scenario twice."""
        from forecaster.case.scenarios import named_twice

        told = named_twice(name)
        return self.fail(told, param, ctx) if told else name

    def _name(
        self, value: str, names: Table, param: click.Parameter | None, ctx: click.Context | None
    ) -> str:
        from forecaster.errors import nearest

        if not value.strip():
            return self.fail(f"a name of a {self.name} is missing. Write one.", param, ctx)
        if value.lower() in names:
            return names[value.lower()]
        if self.table == "states" and value.strip().lower() in _UNION:
            told = "stands for all states together; name one of them. `forecaster list states` shows them."
            return self.fail(f"'{value}' {told}", param, ctx)
        meant = nearest(value, names)
        told = f"Did you mean {names[meant]}?" if meant else f"`forecaster list {self.table}` shows them."
        return self.fail(f"'{value}' is not a {self.name} of this case. {told}", param, ctx)

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        """Offer the names of the bundled case that begin like this."""
        del param
        known = TABLES[self.table](_case(ctx))
        return [
            CompletionItem(name, help=about) for name, about in known.items() if name.startswith(incomplete)
        ]


class Listed(click.Choice[str]):
    """One of the names of TABLES; another is refused with the nearest of them."""

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the name, or fail with what is allowed and what may be meant."""
        from forecaster.errors import did_you_mean

        try:
            return super().convert(value, param, ctx)
        except click.BadParameter as error:
            return self.fail(f"{error.message}{did_you_mean(value, TABLES)}", param, ctx)


class Setting(click.ParamType[Number]):
    """A setting of the run, held to the bounds that assumptions.toml is held to. kind: int or float."""

    name = "number"

    def __init__(self, key: str, kind: Callable[[str | Number], Number]) -> None:
        self.key = key
        self.kind: Callable[[str | Number], Number] = kind

    def convert(
        self, value: str | Number, param: click.Parameter | None, ctx: click.Context | None
    ) -> Number:
        """Return the number, or fail with what is allowed."""
        from forecaster.case.assumptions import setting

        try:
            number = self.kind(value)
        except ValueError:
            what = "whole number" if self.kind is int else "number. Write it with a decimal point"
            return self.fail(f"'{value}' is not a {what}.", param, ctx)
        try:
            return setting(self.key, number)
        except ValueError as error:
            return self.fail(str(error), param, ctx)


def _names(known: Table) -> dict[str, str]:
    """Name by each word it goes by, in small letters: for a state its code, its name, its aliases."""
    return {other.lower(): name for name, about in known.items() for other in (*about.split(", "), name)}


def _case(ctx: click.Context | None) -> "Case":
    """Case on the command line, else the bundled one."""
    given: Case | None = ctx.params.get("case") if ctx else None
    if given is not None:
        return given
    from forecaster.case import bundled_case

    return bundled_case()


def _states(case: "Case") -> Table:
    return {state.code: ", ".join((state.name, *state.aliases)) for state in case.budgets.states}


def _scenarios(case: "Case") -> Table:
    return {table.id: table.title for table in case.scenarios}


def _levers(_: "Case") -> Table:
    from models.stress import LEVERS

    by_state = {name: ", may differ by state" if lever.by_state else "" for name, lever in LEVERS.items()}
    return {
        name: f"{lever.about} [{lever.unit}]; neutral at {lever.neutral:g}{by_state[name]}"
        for name, lever in LEVERS.items()
    }


def _metrics(_: "Case") -> Table:
    from models.metrics import EVENTS, LINE_METRICS, METRICS

    quantities = {name: f"{metric.about} [{metric.unit}]" for name, metric in METRICS.items()}
    events = {name: f"{event.about} [probability]" for name, event in EVENTS.items()}
    lines = {name: f"{metric.about}, by line [EUR million]" for name, metric in LINE_METRICS.items()}
    return quantities | events | lines


def _methods(_: "Case") -> Table:
    from models.budgets import METHODS, in_words

    return {name: in_words(name) for name in METHODS}


def _programmes(_: "Case") -> Table:
    import tomllib

    from forecaster.case import EXAMPLES, bundled, examples

    files = {name: (bundled() / EXAMPLES / f"{name}.toml").read_text("utf-8") for name in examples()}
    return {name: tomllib.loads(text)["programme"]["name"] for name, text in files.items()}


def _sheets(_: "Case") -> Table:
    from forecaster.sheets import SHEETS

    subjects = (sys.modules[build.__module__].__doc__ or "" for build in SHEETS)
    return dict(subject.split("\n")[0].split(": ", 1) for subject in subjects)


TABLES: Mapping[str, Callable[["Case"], Table]] = {
    "states": _states,
    "scenarios": _scenarios,
    "levers": _levers,
    "metrics": _metrics,
    "methods": _methods,
    "programmes": _programmes,
    "sheets": _sheets,
}
