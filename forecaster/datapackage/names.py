"""Tables that name what results are of: places, years, scenarios, quantities, events, lines."""

import json
from collections.abc import Iterator, Mapping

from forecaster.datapackage.schema import Field, Resource, Value, flag, number, string, whole
from forecaster.report import national, places
from forecaster.run import Run
from forecaster.toml import PROGRAMME, SCENARIOS
from models.arrays import UNION
from models.metrics import EVENTS, LINE_METRICS, METRICS, MONEY

CASE = "tables and files of the case"

Row = tuple[Value, ...]


def _places(run: Run) -> Iterator[Row]:
    for state in run.case.budgets.states:
        if state.code in run.states:
            kind = (state.ally, state.joins, state.loan_key)
            yield (state.code, state.name, "state", state.currency, *kind)
    yield UNION, places.union(run).name, "union", None, None, None, None


def _years(run: Run) -> Iterator[Row]:
    base = run.case.assumptions.run.base_year
    return ((year, year - base) for year in run.years)


def _rates(run: Run) -> Iterator[Row]:
    for code in run.states:
        if money := national.currency(run, code):
            yield from (
                (code, year, money.code, rate) for year, rate in zip(run.years, money.rates, strict=True)
            )


def _scenarios(run: Run) -> Iterator[Row]:
    tables = {table.id: table for table in run.case.scenarios}
    for name in run.settings.scenarios:
        table = tables[name]
        given = table.model_dump(mode="json")
        levers, expects = (
            json.dumps(given[key], sort_keys=True, ensure_ascii=False) for key in ("levers", "expects")
        )
        yield name, table.title, table.asks, levers, expects, table.source


def _metrics(_: Run) -> Iterator[Row]:
    for name, metric in METRICS.items():
        yield name, "place and year", metric.unit, metric.about
    for name, entry in LINE_METRICS.items():
        yield name, "line and year" if entry.yearly else "line", MONEY, entry.about


def _events(_: Run) -> Iterator[Row]:
    return ((name, event.about) for name, event in EVENTS.items())


def _lines(run: Run) -> Iterator[Row]:
    for line in run.case.programme.lines:
        yield line.id, line.name, line.amount, line.contract, line.grant, line.status, line.source
    envelope = run.case.programme.envelope
    yield UNION, "All lines", envelope, None, None, run.case.programme.status, run.case.programme.source


SCENARIO = string("scenario", "scenario")
PLACE = string("place", "state or the union")
YEAR = whole("year", "budget year", "year")
METRIC = string("metric", "quantity")
UNIT = string("unit", "unit of the figure")

BY_SCENARIO: Mapping[str, tuple[str, str]] = {"scenario": ("scenarios", "scenario")}
BY_PLACE: Mapping[str, tuple[str, str]] = {"place": ("places", "place")}
BY_YEAR: Mapping[str, tuple[str, str]] = {"year": ("years", "year")}
BY_METRIC: Mapping[str, tuple[str, str]] = {"metric": ("metrics", "metric")}
BY_EVENT: Mapping[str, tuple[str, str]] = {"event": ("events", "event")}
BY_LINE: Mapping[str, tuple[str, str]] = {"line": ("lines", "line")}
"""Column -> table and column that its values stand in."""

NAMES: tuple[Resource, ...] = (
    Resource(
        "places",
        "States shown and the union, whose figures come from joint draws",
        CASE,
        (
            string("place", "ISO code; EU for the union"),
            string("name", "name"),
            string("kind", "state or union"),
            string("currency", "money of the state", required=False),
            flag("ally", "member of NATO", required=False),
            flag("joins", "joins contracts unless a case names participants", required=False),
            flag("loan_key", "shares the interest of the Ukraine loan", required=False),
        ),
        ("place",),
        _places,
    ),
    Resource(
        "years",
        "Projected years",
        "settings of the run",
        (YEAR, whole("horizon", "years after the base year", "years")),
        ("year",),
        _years,
    ),
    Resource(
        "rates",
        "National currency per euro of states outside it; own money = euros x rate, exactly",
        "table exchange of the case; its last year stands for later ones",
        (
            PLACE,
            YEAR,
            string("currency", "currency"),
            number("rate", "national currency per euro", "national currency per EUR"),
        ),
        ("place", "year"),
        _rates,
        {**BY_PLACE, **BY_YEAR},
    ),
    Resource(
        "scenarios",
        "Scenarios run, the baseline first; all see the same draws",
        SCENARIOS,
        (
            SCENARIO,
            string("title", "what it is"),
            string("asks", "question it asks"),
            Field("levers", "object", "levers and their settings; empty: all neutral"),
            Field("expects", "object", "quantity and the direction it is expected to move in"),
            string("source", "where it comes from"),
        ),
        ("scenario",),
        _scenarios,
    ),
    Resource(
        "metrics",
        "Quantities",
        "the model",
        (
            METRIC,
            string("of", "what it is a quantity of"),
            UNIT,
            string("about", "what it is"),
        ),
        ("metric",),
        _metrics,
    ),
    Resource(
        "events",
        "What is counted path by path",
        "the model",
        (string("event", "event"), string("about", "what it is")),
        ("event",),
        _events,
    ),
    Resource(
        "lines",
        "Lines of the programme, and all of them as EU",
        PROGRAMME,
        (
            string("line", "line; EU for all lines together"),
            string("name", "name"),
            number("amount", "EU money", MONEY),
            flag("contract", "sets off a contract", required=False),
            flag("grant", "its money is a grant", required=False),
            string("status", "how sure the source is: confirmed, weak, judgement or derived"),
            string("source", "where it comes from"),
        ),
        ("line",),
        _lines,
    ),
)
