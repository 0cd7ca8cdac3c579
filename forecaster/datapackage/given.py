"""Tables of what went in: assumptions, figures with their cells, plans, sources; and the run's own papers."""

from collections.abc import Iterator
from dataclasses import astuple

from forecaster.case.differences.from_bundled import assumed
from forecaster.datapackage.names import BY_PLACE, Row
from forecaster.datapackage.schema import Field, Resource, flag, number, string, whole
from forecaster.run import Run
from forecaster.sheets.provenance import versions
from forecaster.toml import ASSUMPTIONS, PROGRAMME
from models.metrics import MONEY

RUN = "this run"


def _assumptions(run: Run) -> Iterator[Row]:
    changed = assumed(run.changed)
    for key, record in run.case.records.items():
        values = record.value if isinstance(record.value, tuple) else (record.value,)
        low, high = record.range or (None, None)
        for position, value in enumerate(values, start=1):
            amount, choice = (None, value) if isinstance(value, str) else (value, None)
            about = (record.unit, low, high, record.status, key in changed, record.note, record.source)
            yield (key, position, amount, choice, *about)


def _figures(run: Run) -> Iterator[Row]:
    for figure in run.figures:
        place = (figure.file, figure.sheet, figure.cell, figure.sha256)
        used = (figure.value, figure.used_unit, figure.flag)
        yield (figure.table, figure.code, figure.item, *used, figure.raw, figure.unit, figure.factor, *place)


def _plans(run: Run) -> Iterator[Row]:
    for row, plan in enumerate(run.case.budgets.plans, start=1):
        if plan.code in run.states:
            head = (row, plan.code, plan.year, plan.status, plan.use, plan.amount, plan.amount_national)
            about = (plan.currency, plan.series, plan.definition, plan.reason, plan.weight, plan.confidence)
            yield (*head, *about, plan.as_of, plan.source, plan.cell)


def _loans(run: Run) -> Iterator[Row]:
    for loan in run.case.budgets.loans:
        if loan.code in run.states:
            terms = (loan.allocation, loan.advance, loan.paid_by, loan.status)
            yield (loan.code, *terms, loan.source, loan.cell)


def _rules(run: Run) -> Iterator[Row]:
    for rule in run.case.budgets.rules:
        if rule.code in run.states:
            yield astuple(rule)


def _sources(run: Run) -> Iterator[Row]:
    return (astuple(source) for source in run.case.budgets.sources)


def _checks(run: Run) -> Iterator[Row]:
    for check in run.checks:
        pair = (check.found, check.expected, check.excess, check.tolerance)
        yield (check.name, check.where, check.kind, *pair, check.unit, check.passed)


def _settings(run: Run) -> Iterator[Row]:
    settings = run.settings
    yield "run_id", run.run_id
    yield "as_of", settings.as_of
    yield "paths", str(settings.paths)
    yield "seed", str(settings.seed)
    yield from ((f"{name}_sha256", value) for name, value in run.hashes.items())
    yield from ((f"file {name}", value) for name, value in run.case.files.items())
    yield from ((f"version {name}", value) for name, value in versions().items())


def _warnings(run: Run) -> Iterator[Row]:
    return ((place, text) for place, text in enumerate(run.warnings, start=1))


STATE = string("place", "state")
CELL = string("cell", "cell it was read from", required=False)
SOURCE = string("source", "where it comes from", required=False)

GIVEN: tuple[Resource, ...] = (
    Resource(
        "assumptions",
        "Every assumed number; a list has a row for each of its entries",
        f"{ASSUMPTIONS}, {PROGRAMME}",
        (
            string("key", "name in assumptions.toml; of a judgement in programme.toml line.id.key"),
            whole("position", "place in a list, 1 where there is none", "count"),
            number("value", "the number", required=False),
            string("choice", "the name, where a name is chosen", required=False),
            string("unit", "unit of the number"),
            number("low", "what a reasonable reader would also accept, from", required=False),
            number("high", "to", required=False),
            string("status", "confirmed, weak, judgement or derived"),
            flag("changed", "differs from the bundled case"),
            string("note", "what it is", required=False),
            string("source", "where it comes from"),
        ),
        ("key", "position"),
        _assumptions,
    ),
    Resource(
        "figures",
        "Every number read, with the cell it was read from",
        "files of the case",
        (
            string("table", "table of the case"),
            string("place", "code of the state, also of states not shown"),
            string("item", "year or column"),
            number("value", "number in the file x factor"),
            string("unit", "unit of the value"),
            string("flag", "the publisher's mark, such as e for an estimate", required=False),
            string("raw", "text of the cell as found"),
            string("file_unit", "unit in the file"),
            number("factor", "times", "factor"),
            string("file", "file"),
            string("sheet", "sheet", required=False),
            CELL,
            string("sha256", "fingerprint of the file"),
        ),
        ("table", "place", "item"),
        _figures,
    ),
    Resource(
        "plans",
        "Voted, planned and announced budgets, used or not",
        "table plans of the case",
        (
            whole("plan", "number of the row", "count"),
            STATE,
            whole("year", "budget year", "year"),
            string("status", "voted, plan, announced or estimate"),
            flag("use", "whether a forecast may use it"),
            number("amount", "amount", MONEY, required=False),
            number(
                "amount_national", "amount in national currency", "million of the currency", required=False
            ),
            string("currency", "currency", required=False),
            string("series", "definition it follows", required=False),
            string("definition", "that definition in words", required=False),
            string("reason", "why it is not used, or a warning", required=False),
            number("weight", "credibility where the case gives one", "share", required=False),
            string("confidence", "C read at the source, S secondary, M general knowledge", required=False),
            string("as_of", "date of the figure", required=False),
            SOURCE,
            CELL,
        ),
        ("plan",),
        _plans,
        BY_PLACE,
    ),
    Resource(
        "loans",
        "SAFE loans",
        "table safe of the case",
        (
            STATE,
            number("allocation", "largest loan", MONEY),
            flag("advance", "whether the advance was taken"),
            string("paid_by", "treasury or defence: whose budget serves the loan"),
            string("status", "standing", required=False),
            SOURCE,
            CELL,
        ),
        ("place",),
        _loans,
        BY_PLACE,
    ),
    Resource(
        "rules",
        "Standing under the fiscal rules",
        "table rules of the case",
        (
            STATE,
            Field("escape_clause_from", "date", "first day of the escape clause", required=False),
            Field("escape_clause_to", "date", "its last day", required=False),
            string("deficit_procedure", "excessive deficit procedure", required=False),
            Field("deficit_procedure_from", "date", "day it was opened", required=False),
            string("deadline", "when the deficit is to end", required=False),
            SOURCE,
        ),
        ("place",),
        _rules,
        BY_PLACE,
    ),
    Resource(
        "sources",
        "Publisher, vintage and terms of each table",
        "table sources of the case",
        (
            string("table", "table of the case"),
            string("publisher", "publisher"),
            string("title", "title"),
            string("vintage", "vintage", required=False),
            string("as_of", "date", required=False),
            string("definition", "definition", required=False),
            string("terms", "terms of use", required=False),
            string("newer", "newer vintage known", required=False),
        ),
        ("table",),
        _sources,
    ),
    Resource(
        "checks",
        "Controls of the run; the workbook makes more of its cells",
        RUN,
        (
            string("name", "control"),
            string("where", "sheet of the figures"),
            string("kind", "equal, at least or at most"),
            number("found", "found"),
            number("expected", "expected"),
            number("excess", "how far found is on the wrong side of expected"),
            number("tolerance", "how far it may be"),
            string("unit", "unit of the numbers"),
            flag("passed", "whether it holds"),
        ),
        ("name",),
        _checks,
    ),
    Resource(
        "settings",
        "What was run: settings, fingerprints of files and results, versions",
        RUN,
        (string("name", "what"), string("value", "value", required=False)),
        ("name",),
        _settings,
    ),
    Resource(
        "warnings",
        "Warnings of the run",
        RUN,
        (whole("warning", "number", "count"), string("text", "what was noticed")),
        ("warning",),
        _warnings,
    ),
)
