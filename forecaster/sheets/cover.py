"""Cover: what this workbook is, what it answers, what it cannot say, and whether it holds."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date

from forecaster.case.cautions import cautions
from forecaster.findings import expectations
from forecaster.findings.judged import signed
from forecaster.findings.red import beyond
from forecaster.report import national
from forecaster.report.formulas import link
from forecaster.report.sheet import Cell, Cells, Column, Light, Link, Notes, Row, Sheet, Table, formula
from forecaster.run import Run
from forecaster.sheets import checks

NAME = "Cover"
ABOUT = Cells(NAME, "about")
BROAD = 96
NAMED = 8
"""Changes of a kind that are told by name."""

CANNOT_SAY = (
    "Which states will take part in which contract: participants are drawn, unless the case names them.",
    (
        "How much is really signed for: few ministries publish payments by year, so a share is "
        "assumed for all alike unless commitments.csv gives it. {signed}"
    ),
    "That a state cannot pay: red means that promises exceed {money} before anything is moved or cut.",
    "What depends on decisions not taken: budgets past the voted year, the next EU budget, rates, the war.",
    (
        "How likely a scenario is: it is a question, not a forecast. The Scenarios sheet says how far out "
        "its levers lie in the terms of the model, no more."
    ),
    (
        "What the work programme allots to each line: some amounts are seen only in secondary sources; "
        "the Assumptions sheet marks them."
    ),
    (
        "What the fiscal rules will ask of a state: the Fiscal sheet shows deviations from a published path "
        "of balance and debt, not a budget and not what anybody will decide because of it."
    ),
)

"""Signed, money: what the run says of contracts signed before, and what red means in it."""

PURPOSE = (
    (
        "For finance ministries of member states and their auditors: projects the outlays of the "
        "programme against national defence budgets and asks, state by state and year by year, what must "
        "be paid because of it, out of which pocket, and when it no longer fits."
    ),
    (
        "Defence investment (co-financing, overruns, what is signed before) and the treasury (own "
        "resources, loans) are looked at apart and never added up."
    ),
)


WHERE = (
    "Where these figures stand: red and what the programme adds to it on the sheet Strain, own resources on "
    "Treasury."
)

OLD_MONTHS = 12


def cover(run: Run) -> Sheet:
    """Return the first sheet, still without its list of the others."""
    return Sheet(
        NAME,
        run.title,
        "What must member states pay because of the programme, out of which pocket, and when does it not "
        "fit?",
        (
            Notes(
                f"Answers to expect (red: promises exceed {beyond(run)})",
                (*_numbered(expectations(run)), WHERE),
                strong=True,
            ),
            Notes("What this workbook cannot say", _numbered(_cannot_say(run))),
            _about(run),
            Notes("Purpose and scope", PURPOSE),
            Notes("Warnings", _warnings(run)),
            _old(run),
            _sign_off(),
        ),
    )


def with_contents(front: Sheet, others: tuple[Sheet, ...]) -> Sheet:
    """Return the cover with a list of all other sheets, each a link, before the last block."""
    return replace(front, blocks=(*front.blocks[:-1], contents(others, BROAD), front.blocks[-1]))


def contents(sheets: tuple[Sheet, ...], width: float) -> Table:
    """Return a list of sheets, each a link. width: of the column of questions [characters]."""
    rows = tuple(Row(sheet.name, (Link(sheet.name, sheet.name), sheet.question)) for sheet in sheets)
    columns = (Column("sheet", "sheet"), Column("question", "answers", width=width))
    return Table("contents", "Contents", columns, rows)


def _cannot_say(run: Run) -> tuple[str, ...]:
    return tuple(line.format(signed=signed(run), money=beyond(run)) for line in CANNOT_SAY)


def _numbered(sentences: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(f"{number}. {sentence}" for number, sentence in enumerate(sentences, start=1))


def _about(run: Run) -> Table:
    programme, settings = run.case.programme, run.settings
    result = "PASS" if checks.passed(run) else "FAIL"
    master = link(checks.MASTER, result)
    status = formula(
        'IF({0}="PASS","controls hold; not signed off","a control FAILS: see Checks before use")',
        checks.MASTER,
        value="controls hold; not signed off"
        if result == "PASS"
        else "a control FAILS: see Checks before use",
    )
    modelled = len(run.forecast.states)
    rows: dict[str, Cell] = {
        "master check": master,
        "status": status,
        "run": run.run_id,
        "data as of": settings.as_of,
        "programme": f"{programme.name}, {programme.legal_basis}; EUR {programme.envelope:,.1f} m",
        "states": f"{len(run.states)} shown of {modelled} modelled: {', '.join(run.states)}",
        "years": f"{run.horizon}, base year {run.case.assumptions.run.base_year}",
        "scenarios": ", ".join(settings.scenarios),
        "paths and seed": f"{settings.paths:,} paths, seed {settings.seed}",
        **_changed(run),
        "prices": "EUR million at current prices",
        "money": _money(run),
    }
    columns = (Column("what", "what", width=24), Column("value", "value", width=BROAD, wrap=True))
    table = tuple(Row(name, (name, value)) for name, value in rows.items())
    return Table(ABOUT.table, "About this workbook", columns, table, lights=(Light("words", ("value",)),))


def _changed(run: Run) -> dict[str, Cell]:
    """What differs from the bundled case, kind by kind: how many, and which."""
    found: dict[str, Cell] = {kind: _named(names) for kind, names in run.changed.items() if names}
    return found or {"changes": "nothing differs from the bundled case"}


def _named(names: Sequence[str]) -> str:
    told, more = ", ".join(names[:NAMED]), len(names) - NAMED
    others = f" and {more:,} more" if more > 0 else ""
    return f"{len(names):,} changed from the bundled case: {told}{others}"


def _money(run: Run) -> str:
    """In which money amounts stand."""
    own = {money.code: "" for code in run.states if (money := national.currency(run, code))}
    return f"EUR; also {', '.join(own)} on the sheet Currencies" if own else "EUR"


def _warnings(run: Run) -> tuple[str, ...]:
    """Warnings of the case and of the states shown, and where all of the run stand, scenarios' among them."""
    found = (*cautions(run.case), *run.case.warnings, *_without_plan(run))
    if not run.warnings:
        return found or ("None.",)
    whole = f"All warnings of the run stand on the sheet Provenance: {len(run.warnings)}."
    return (*(found or ("None of the case and of the states shown.",)), whole)


def _without_plan(run: Run) -> Iterator[str]:
    """States that have no plan for a year that had begun when the data were collected."""
    begun = [t for t, year in enumerate(run.years) if year <= date.fromisoformat(run.settings.as_of).year]
    for t in begun:
        status = dict(zip(run.forecast.states, run.forecast.plan_status, strict=True))
        without = [code for code in run.states if not status[code][t]]
        if without:
            yield (
                f"{run.years[t]} had begun when the data were collected, yet no voted or planned budget "
                f"of that year could be used for {', '.join(without)}: the forecast from history stands in "
                "its place."
            )


def _old(run: Run) -> Table:
    """Tables whose vintage is older than a year on the day of the case."""
    day = date.fromisoformat(run.settings.as_of)
    rows = tuple(
        Row(source.table, (source.table, f"{source.publisher}: {source.title}", source.as_of, source.newer))
        for source in run.case.budgets.sources
        if _months(source.as_of, day) > OLD_MONTHS
    )
    none = (Row("none", ("none", "", "", "")),)
    columns = (
        Column("table", "table"),
        Column("source", "source", width=BROAD),
        Column("as_of", "as of"),
        Column("newer", "newer vintage to take instead"),
    )
    notes = ("On the day of the data; an empty last column: no newer vintage is known.",)
    title = f"Figures older than {OLD_MONTHS} months, or of unknown date"
    return Table("old", title, columns, rows or none, notes)


def _months(text: str, day: date) -> float:
    """Age of an ISO date on a day [months]; without end where the text is no date."""
    try:
        return (day - date.fromisoformat(text)).days * 12 / 365.25
    except ValueError:
        return math.inf


def _sign_off() -> Table:
    columns = (
        Column("role", "role"),
        Column("name", "name, date, signature", width=BROAD),
    )
    rows = tuple(Row(role, (role, "")) for role in ("Prepared by", "Reviewed by", "Approved by"))
    return Table("sign-off", "Sign-off", columns, rows, ("Left blank by the program.",))
