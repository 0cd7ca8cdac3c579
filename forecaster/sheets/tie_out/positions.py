"""Net positions with assumed receipts, and loans that the EU budget stands for, for the Tie-out sheet."""

import math
from collections.abc import Iterator

from forecaster.report import places
from forecaster.report.formulas import Shown, difference, link, number, ratio, total
from forecaster.report.places import Place
from forecaster.report.sheet import (
    Cell,
    Cells,
    Column,
    Formula,
    Ref,
    Row,
    Span,
    Table,
    formula,
    lead,
    year_columns,
    yearly,
)
from forecaster.report.styles import percent
from forecaster.run import Run
from forecaster.sheets import assumptions as given
from forecaster.sheets import calls, outlays, treasury
from forecaster.sheets.tie_out.keys import key_paid

RECEIPTS, POSITIONS, LOANS, LIABILITY = "receipts", "positions", "loans", "liability"
WITHIN, SUM = "within", "sum"
PAID, GRANTS, OTHERS, ASSUMED = "paid", "grants", "others", "assumed"


def tables(run: Run, sheet: str) -> tuple[Table, ...]:
    """Return receipts, net positions, loans, and what they may cost each state."""
    receipts = _receipts(run, Cells(sheet, RECEIPTS))
    loans = _loans(run, Cells(sheet, LOANS))
    return (
        receipts,
        _positions(run, Cells(sheet, POSITIONS), Shown(Cells(sheet, RECEIPTS), receipts)),
        loans,
        _liability(run, Cells(sheet, LIABILITY), Shown(Cells(sheet, LOANS), loans)),
    )


def _receipts(run: Run, cells: Cells) -> Table:
    """Where EU payments go, and what of them is assumed to reach entities of the states."""
    paid = Shown(outlays.PAYMENTS, outlays.payments(run))
    layers = Shown(calls.LAYERS, calls.layers(run))
    share = run.case.assumptions.tie_out.receipts.value
    key = ("grant_received", calls.TOTAL)
    rows: dict[str, list[Cell]] = {name: [] for name in (PAID, GRANTS, OTHERS, ASSUMED)}
    for year in run.years:
        given_paid = paid.link(outlays.TOTAL, year)
        grants = formula("-{0}", calls.LAYERS.at(key, year), value=-number(layers.cell(key, year)))
        others = difference(cells.at(PAID, year), cells.at(GRANTS, year), (given_paid, grants))
        rate = given.VALUES.at("tie_out.receipts", "value").fix()
        assumed = formula("{0}*{1}", cells.at(OTHERS, year), rate, value=number(others) * share)
        for name, cell in zip(rows, (given_paid, grants, others, assumed), strict=True):
            rows[name].append(cell)
    made = [
        yearly(
            name,
            ("all", "All lines", RECEIPT_WORDS[name]),
            "EUR m",
            found,
            (_within(run, cells, name, found),),
        )
        for name, found in rows.items()
    ]
    columns = (
        *lead("line", "name", "what"),
        *year_columns(run.years),
        Column(WITHIN, "within the horizon"),
    )
    state = "Off in this run." if share == 0.0 else "A judgement: nobody knows who will win."
    notes = (
        f"Assumed part that reaches entities of the states: {percent(share)} (tie_out.receipts). {state}",
    )
    return Table(cells.table, "Where EU payments go", columns, tuple(made), notes, keys=4)


RECEIPT_WORDS = {
    PAID: "EU payments",
    GRANTS: "to the states, as grants",
    OTHERS: "to industry, Ukraine and others",
    ASSUMED: "assumed to reach the states' own entities",
}


def _within(run: Run, cells: Cells, row: str, found: list[Cell]) -> Formula:
    return total(cells.across(row, run.years[0], run.years[-1]), found)


def _positions(run: Run, cells: Cells, receipts: Shown) -> Table:
    """What each state pays in and what comes back, over all years."""
    shown = places.summands(run)
    invested = [places.over_years(run, "investment", place) for place in shown]
    whole = math.fsum(invested)
    rows = [
        Row(place.code, tuple(_position(run, cells, place, (amount, whole), receipts)))
        for place, amount in zip(shown, invested, strict=True)
    ]
    rows.append(_position_sums(cells, rows))
    columns = (
        Column("code", "state"),
        Column("name", "name"),
        Column("years", "means of"),
        Column("own", "own resources", "EUR m"),
        Column("grants", "grants received", "EUR m"),
        Column("invested", "investment", "EUR m", "simulated"),
        Column("key", "part of it", "share"),
        Column("receipts", "assumed receipts", "EUR m"),
        Column("net", "net position", "EUR m"),
    )
    notes = (
        (
            "Net position = grants received + assumed receipts - own resources; minus: more is paid in than "
            "comes back. Receipts are shared out by investment."
        ),
        "Receipts of companies are no money of the ministry: they enter neither calls nor strain.",
    )
    return Table(cells.table, "Net position towards the EU budget", columns, tuple(rows), notes)


def _position(
    run: Run, cells: Cells, place: Place, invested: tuple[float, float], receipts: Shown
) -> Iterator[Cell]:
    code, at = place.code, cells.at
    own = places.over_years(run, "eu_budget", place)
    received = -places.over_years(run, "grant_received", place)
    part = invested[0] / invested[1]
    come = part * number(receipts.cell(ASSUMED, WITHIN))
    yield code
    yield place.name
    yield run.horizon
    yield link(treasury.CALLS.at(("eu_budget", code), WITHIN), own)
    yield formula("-{0}", calls.LAYERS.at(("grant_received", code), WITHIN), value=received)
    yield invested[0]
    yield ratio(at(code, "invested"), at(SUM, "invested").fix(), invested)
    yield formula("{0}*{1}", at(code, "key"), receipts.cells.at(ASSUMED, WITHIN).fix(), value=come)
    yield formula(
        "{0}+{1}-{2}",
        at(code, "grants"),
        at(code, "receipts"),
        at(code, "own"),
        value=received + come - own,
    )


def _position_sums(cells: Cells, rows: list[Row]) -> Row:
    names = ("own", "grants", "invested", "key", "receipts", "net")
    sums = (
        total(cells.down(name, rows[0].key, rows[-1].key), [row.cells[i] for row in rows])
        for i, name in enumerate(names, start=3)
    )
    return Row(SUM, (SUM, "All states", "", *sums), strong=True)


def _loans(run: Run, cells: Cells) -> Table:
    """Loans of the Union that its budget stands for, and its margin."""
    tie = run.case.assumptions.tie_out
    given_ = {
        "tie_out.safe_loans": ("ceiling of SAFE loans", tie.safe_loans),
        "tie_out.ukraine_loan": ("loan to Ukraine", tie.ukraine_loan),
        "tie_out.margin": ("margin for payments, 2026", tie.margin),
    }
    numbers, keys = (given.column_of(run, name) for name in ("value", "key"))
    rows = [
        Row(key, (key, name, record.status, _looked_up(numbers, keys, cells.at(key, "key"), record.value)))
        for key, (name, record) in given_.items()
    ]
    allotted = math.fsum(loan.allocation for loan in run.case.budgets.loans)
    ceiling = ("tie_out.safe_loans", "amount")
    left = difference(cells.at(*ceiling), cells.at("allotted", "amount"), (tie.safe_loans.value, allotted))
    rows += [
        Row("allotted", ("table safe", "SAFE loans allotted", "", allotted), role="input", strong=True),
        Row("left", ("difference", "ceiling less allotted", "", left), strong=True),
    ]
    columns = (
        Column("key", "assumption"),
        Column("name", "what"),
        Column("status", "standing"),
        Column("amount", "amount", "EUR m"),
    )
    return Table(cells.table, "Loans that the EU budget stands for", columns, tuple(rows))


def _looked_up(numbers: Span, keys: Span, key: Ref, value: float) -> Formula:
    """Value of the assumption whose key stands in a cell."""
    return formula("SUMIFS({0},{1},{2})", numbers, keys, key, value=value)


def _liability(run: Run, cells: Cells, loans: Shown) -> Table:
    """Part of the loans of others that would fall on each state if they were not paid back."""
    rows = [Row(place.code, tuple(_liable(run, cells, place, loans))) for place in places.states(run)]
    columns = (
        Column("code", "state"),
        Column("name", "name"),
        Column("status", "standing of its loan"),
        Column("own", "own SAFE loan", "EUR m", "input"),
        Column("key", "key of own resources", "share"),
        Column("safe", "part of the others' SAFE loans", "EUR m"),
        Column("loan key", "key of the Ukraine loan", "share"),
        Column("ukraine", "part of the loan to Ukraine", "EUR m"),
        Column("both", "contingent liability", "EUR m"),
    )
    notes = (
        (
            "Not in strain, not in any call, no forecast: what would be asked of a state at the most if "
            "nobody else paid back anything of loans drawn in full. The Union pays first from its margin."
        ),
        (
            "That its budget stands for both loans is general knowledge; keys are those of the Treasury "
            "sheet, blank where nothing is paid there."
        ),
    )
    return Table(cells.table, "Contingent liability for EU loans", columns, tuple(rows), notes)


def _liable(run: Run, cells: Cells, place: Place, loans: Shown) -> Iterator[Cell]:
    code, at = place.code, cells.at
    own = math.fsum(loan.allocation for loan in run.case.budgets.loans if loan.code == code)
    key, loan_key = (key_paid(run, place, layer) for layer in ("eu_budget", "ukraine_loan"))
    allotted, ukraine = (loans.cells.at(row, "amount").fix() for row in ("allotted", "tie_out.ukraine_loan"))
    loan = number(loans.cell("tie_out.ukraine_loan", "amount"))
    others = number(loans.cell("allotted", "amount")) - own
    safe = _part((at(code, "key"), allotted, at(code, "own")), key, "({1}-{2})", others)
    part = _part((at(code, "loan key"), ukraine), loan_key, "{1}", loan)
    yield code
    yield place.name
    yield next((loan.status for loan in run.case.budgets.loans if loan.code == code), "none")
    yield own
    yield key
    yield safe
    yield loan_key
    yield part
    yield formula(
        'IF({0}="","",IF({1}="","",{0}+{1}))',
        at(code, "safe"),
        at(code, "ukraine"),
        value="" if "" in (safe.value, part.value) else number(safe) + number(part),
    )


def _part(cells: tuple[Ref, ...], key: Formula, text: str, amount: float) -> Formula:
    """Part of an amount by a key, which stands in the first cell; blank where no key is known."""
    known = key.value != ""
    return formula(f'IF({{0}}="","",{{0}}*{text})', *cells, value=number(key) * amount if known else "")
