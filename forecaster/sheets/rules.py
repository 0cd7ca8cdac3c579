"""Rules: where states stand under the fiscal rules, and what these make of the programme's calls."""

from collections.abc import Iterator
from datetime import date

from forecaster.figures import Rule
from forecaster.report import places
from forecaster.report.fans import MEDIAN
from forecaster.report.formulas import link, number, ratio
from forecaster.report.places import Place
from forecaster.report.sheet import (
    Cell,
    Cells,
    Column,
    Row,
    Sheet,
    Table,
    formula,
    lead,
    year_columns,
    yearly,
)
from forecaster.run import Run
from forecaster.sheets import budgets, inputs
from forecaster.sheets.assumptions import VALUES

NAME = "Rules"
STANDING = Cells(NAME, "standing")
ESCAPE = Cells(NAME, "escape")
NET = Cells(NAME, "net expenditure")

SOURCE = 70
"""Width of sources and reasons [characters]: the standing of all states is then on one page."""

LEGAL = "Regulation (EU) 2024/1263, Article 2(2), from general knowledge: not read at the source"

EXCLUDED: tuple[tuple[str, str, str], ...] = (
    (
        "co-financing",
        "unclear",
        "national co-financing of Union programmes is left out; is a contract that a grant supports such?",
    ),
    ("overrun", "no", "no money of the Union meets it; defence spending under the escape clause"),
    ("grant received", "yes", "spending fully matched by Union funds is left out"),
    ("upkeep", "no", "defence spending under the escape clause while that is active"),
    ("own resources", "no", "a contribution to the EU budget is on no list of exceptions"),
    ("SAFE purchases", "no", "defence spending, whoever lends; under the escape clause while active"),
    ("SAFE interest", "yes", "interest expenditure is left out"),
    ("SAFE repayment", "yes", "a financial transaction, no expenditure"),
    ("Ukraine loan", "unclear", "interest by its cause, but paid as a contribution to the EU budget"),
)
"""Call -> whether it is left out of net expenditure, and why."""


def rules(run: Run) -> Sheet:
    """Return the sheet of the fiscal rules."""
    return Sheet(
        NAME,
        "Rules: where each state stands under the fiscal rules",
        "Which procedures and clauses hold for each state, and which calls count as net expenditure?",
        (_standing(run), _net_expenditure(), _escape(run)),
    )


def _standing(run: Run) -> Table:
    """Return where each state stands under the fiscal rules."""
    base = run.case.assumptions.fiscal.escape_base.value
    rows = tuple(_standing_row(run, place) for place in places.states(run))
    columns = (
        Column("code", "state"),
        Column("name", "name"),
        Column("source", "source", width=SOURCE, wrap=True),
        Column("procedure", "excessive deficit procedure"),
        Column("since", "since"),
        Column("deadline", "deadline"),
        Column("from", "clause active from", "year", "input"),
        Column("to", "to", "year", "input"),
        Column("active from", "activated on"),
        Column("spending", f"defence {base}", "EUR m"),
        Column("gdp", f"GDP {base}", "EUR m"),
        Column("share", f"defence {base} of GDP", "share of GDP"),
    )
    notes = (
        "Dated rows of the table rules; a day from general knowledge is marked there. Blank: no date found.",
    )
    return Table(STANDING.table, "Standing under the fiscal rules", columns, rows, notes)


def _net_expenditure() -> Table:
    """Return which calls are left out of net expenditure, and why."""
    columns = (
        Column("excluded", "left out"),
        Column("call", "call"),
        Column("reason", "reason", width=SOURCE, wrap=True),
        Column("status", "status"),
    )
    rows = tuple(Row(call, (word, call, reason, "judgement")) for call, word, reason in EXCLUDED)
    notes = (
        f"Net expenditure is what the path agreed with the Council limits; the deficit counts all. {LEGAL}.",
    )
    return Table(NET.table, "Is a call left out of net expenditure?", columns, rows, notes)


def _escape(run: Run) -> Table:
    """Return the room under the national escape clause, by state and year."""
    given = run.case.assumptions.fiscal
    rows = [row for place in places.states(run) for row in (_share(run, place), _room(run, place))]
    notes = (
        (
            f"Room: min({given.escape_cap.value:g} % of GDP, defence spending - defence spending of "
            f"{given.escape_base.value}), in years in which the clause is active, by which net expenditure "
            "may lie above its path. The deficit and the debt still count all of it. Blank: not active."
        ),
        (
            "Approximation: the clause counts defence as COFOG does, on delivery; no such series is among "
            "the inputs, so the series of defence spending in use stands in, with the forecast's median."
        ),
    )
    columns = (*lead("state", "name", "quantity"), *year_columns(run.years))
    return Table(ESCAPE.table, "National escape clause", columns, tuple(rows), notes, keys=4)


def _rule(run: Run, code: str) -> Rule | None:
    return next((rule for rule in run.case.budgets.rules if rule.code == code), None)


def _standing_row(run: Run, place: Place) -> Row:
    rule = _rule(run, place.code)
    spending, gdp = (_base_figure(run, place, table) for table in ("spending", "gdp"))
    share: Cell = None
    if spending is not None and gdp is not None:
        at = STANDING.at
        share = ratio(at(place.code, "spending"), at(place.code, "gdp"), (spending, gdp))
    cells: tuple[Cell, ...] = (
        rule.deficit_procedure if rule else None,
        _day(rule.deficit_procedure_from) if rule else None,
        rule.deadline if rule else None,
        *_active(rule),
        _day(rule.escape_clause_from) if rule else None,
    )
    return Row(
        place.code,
        (place.code, place.name, rule.source if rule else "", *cells, spending, gdp, share),
    )


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _active(rule: Rule | None) -> tuple[int | None, int | None]:
    """First and last year in which the clause is active."""
    if rule is None or rule.escape_clause_from is None:
        return None, None
    return rule.escape_clause_from.year, rule.escape_clause_to.year if rule.escape_clause_to else None


def _base_figure(run: Run, place: Place, table: str) -> Cell:
    """Figure of the clause's base year, looked up on the Inputs sheet; None where there is none."""
    figure = run.case.budgets.figure(table, place.code, int(run.case.assumptions.fiscal.escape_base.value))
    if figure is None:
        return None
    code = STANDING.at(place.code, "code").fix("column")
    base = VALUES.at("fiscal.escape_base", "value").fix()
    return inputs.looked_up(run, table, code, base, figure.value)


def _medians(run: Run, place: Place) -> list[float]:
    """Median of the defence budget over GDP by year."""
    medians = run.statistics.percentiles("budget", run.baseline, place.code, (0.50,))[:, 0]
    gdp = run.forecast.gdp[run.forecast.states.index(place.code)]
    return [float(x) for x in medians / gdp]


def _share(run: Run, place: Place) -> Row:
    cells = [
        link(budgets.BUDGETS.at((place.code, "share"), year), value)
        for year, value in zip(run.years, _medians(run, place), strict=True)
    ]
    heads = (place.code, place.name, f"defence spending, {MEDIAN}")
    return yearly(("share", place.code), heads, "share of GDP", cells)


def _room(run: Run, place: Place) -> Row:
    key = ("room", place.code)
    return yearly(key, (place.code, place.name, "room"), "% of GDP", list(_rooms(run, place)))


def _rooms(run: Run, place: Place) -> Iterator[Cell]:
    base = [_base_figure(run, place, table) for table in ("spending", "gdp")]
    first, last = _active(_rule(run, place.code))
    cap = run.case.assumptions.fiscal.escape_cap.value
    for year, share in zip(run.years, _medians(run, place), strict=True):
        if base[0] is None or base[1] is None or first is None or last is None or not first <= year <= last:
            yield None
            continue
        yield formula(
            "MIN({0},100*MAX(0,{1}-{2}))",
            VALUES.at("fiscal.escape_cap", "value").fix(),
            ESCAPE.at(("share", place.code), year),
            STANDING.at(place.code, "share").fix("column"),
            value=min(cap, 100.0 * max(0.0, share - number(base[0]) / number(base[1]))),
        )
