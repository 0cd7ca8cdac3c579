"""Treasury: what each treasury pays through own resources and loans, and what that weighs."""

from collections.abc import Iterator, Mapping

from forecaster.report import places
from forecaster.report.formulas import ratio, total, total_row
from forecaster.report.places import Place
from forecaster.report.sheet import (
    HEADER,
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

NAME = "Treasury"
CALLS = Cells(NAME, "calls")
WEIGHT = Cells(NAME, "weight")
LOANS = Cells(NAME, "loans")
TOTAL = "total"
YEAR_USED = "year used"

LAYERS = {
    "eu_budget": "own resources for EU payments",
    "safe_service": "service of SAFE loans",
    "ukraine_loan": "interest of the Ukraine loan",
}
ALL = "treasury call"


def treasury(run: Run) -> Sheet:
    """Return the sheet of calls on the treasuries."""
    return Sheet(
        NAME,
        "Treasury: own resources and loans",
        "What must each treasury pay outside the defence budget, and how much is that of GDP and revenue?",
        (_loans(run), calls(run), _weight(run)),
    )


def calls(run: Run) -> Table:
    """Return the table of treasury calls by layer, state and year."""
    means = {
        (layer, place.code): places.mean(run, layer, place).tolist()
        for layer in LAYERS
        for place in places.summands(run)
    }
    rows: list[Row] = []
    for layer, item in (*LAYERS.items(), (ALL, ALL)):
        block = [_call_row(run, layer, place, means) for place in places.summands(run)]
        heads = (places.union(run).code, places.union(run).name, item, "EUR m")
        rows += [*block, total_row(CALLS, (layer, TOTAL), heads, (*run.years, "within"), block)]
    additionality = run.case.assumptions.treasury.additionality.value
    notes = (
        (
            "Means; means may be added up. Own resources: GNI key x EU payments of the programme x "
            f"additionality ({additionality:g}). The Ukraine loan and SAFE are not part of the programme; "
            "they are shown because they draw on the same pocket."
        ),
        "Rebates are lump sums: the marginal euro follows the plain key.",
    )
    within = Column("within", "within the horizon", "EUR m")
    columns = (*lead("state", "name", "quantity"), *year_columns(run.years), within)
    return Table(CALLS.table, "Treasury calls by layer, state and year", columns, tuple(rows), notes, keys=4)


def _call_row(run: Run, layer: str, place: Place, means: Mapping[tuple[str, str], list[float]]) -> Row:
    cells: list[Cell] = [*(means[layer, place.code] if layer in LAYERS else _sums(run, place.code, means))]
    key = (layer, place.code)
    within = total(CALLS.across(key, run.years[0], run.years[-1]), cells)
    heads = (place.code, place.name, LAYERS.get(layer, layer))
    return yearly(key, heads, "EUR m", cells, (within,))


def _sums(run: Run, code: str, means: Mapping[tuple[str, str], list[float]]) -> Iterator[Cell]:
    """All three layers of a place by year."""
    for t, year in enumerate(run.years):
        references = [CALLS.at((layer, code), year) for layer in LAYERS]
        value = sum(means[layer, code][t] for layer in LAYERS)
        yield formula("{0}+{1}+{2}", *references, value=value)


def _weight(run: Run) -> Table:
    rows = [_year_used(run)]
    for build in (_gdp_share, _revenue, _revenue_share):
        rows += [build(run, place) for place in places.states(run)]
    notes = (
        (
            "GDP: the baseline path on the Budgets sheet. Revenue: general government revenue on the "
            "Inputs sheet; years after its last are taken at the last."
        ),
    )
    columns = (*lead("state", "name", "quantity"), *year_columns(run.years))
    return Table(WEIGHT.table, "What the calls weigh", columns, tuple(rows), notes, keys=4)


def _year_used(run: Run) -> Row:
    """Return the year whose revenue is used in each year."""
    last = max(run.case.budgets.years("revenue"))
    years = inputs.column_of(run, "revenue", "item")
    cells = [
        formula("MIN({0},MAX({1}))", WEIGHT.at(HEADER, year).fix("row"), years, value=min(year, last))
        for year in run.years
    ]
    return yearly(YEAR_USED, ("all", "All states", "revenue taken from"), "year", cells)


def _treasury_call(run: Run, place: Place) -> list[float]:
    layers = (places.mean(run, layer, place).tolist() for layer in LAYERS)
    return [sum(parts) for parts in zip(*layers, strict=True)]


def _gdp(run: Run, place: Place) -> list[float]:
    gdp: list[float] = run.forecast.gdp[run.forecast.states.index(place.code)].tolist()
    return gdp


def _gdp_share(run: Run, place: Place) -> Row:
    pairs = zip(run.years, _treasury_call(run, place), _gdp(run, place), strict=True)
    cells = [
        ratio(
            CALLS.at((ALL, place.code), year),
            budgets.BUDGETS.at(budgets.gdp_row(place.code), year),
            (call, gdp),
        )
        for year, call, gdp in pairs
    ]
    return yearly(
        ("gdp", place.code), (place.code, place.name, "treasury call of GDP"), "share of GDP", cells
    )


def _revenues(run: Run, place: Place) -> list[float]:
    """Revenue over GDP of a state in each year, blanks as 0 as a sum of nothing is."""
    last = max(run.case.budgets.years("revenue"))
    found = (run.case.budgets.figure("revenue", place.code, min(year, last)) for year in run.years)
    return [figure.value if figure else 0.0 for figure in found]


def _revenue(run: Run, place: Place) -> Row:
    key = ("revenue", place.code)
    code = WEIGHT.at(key, "code").fix("column")
    cells = [
        inputs.looked_up(run, "revenue", code, WEIGHT.at(YEAR_USED, year).fix("row"), value)
        for year, value in zip(run.years, _revenues(run, place), strict=True)
    ]
    return yearly(key, (place.code, place.name, "revenue of GDP"), "share of GDP", cells)


def _revenue_share(run: Run, place: Place) -> Row:
    shares = [call / gdp for call, gdp in zip(_treasury_call(run, place), _gdp(run, place), strict=True)]
    cells = [
        ratio(
            WEIGHT.at(("gdp", place.code), year), WEIGHT.at(("revenue", place.code), year), (share, revenue)
        )
        for year, share, revenue in zip(run.years, shares, _revenues(run, place), strict=True)
    ]
    key = ("of revenue", place.code)
    return yearly(key, (place.code, place.name, "treasury call of revenue"), "share of revenue", cells)


def _loans(run: Run) -> Table:
    rows = tuple(
        Row(
            loan.code,
            (
                loan.code,
                loan.status,
                "yes" if loan.advance else "no",
                loan.paid_by,
                "EUR m",
                loan.allocation,
                loan.source,
            ),
            "EUR m",
        )
        for loan in run.case.budgets.loans
        if loan.code in run.states
    )
    columns = (
        Column("code", "state"),
        Column("status", "standing"),
        Column("advance", "advance taken"),
        Column("served", "served by"),
        Column("unit", "unit"),
        Column("allocation", "loan", role="input"),
        Column("source", "source", width=10),
    )
    notes = _terms(run) if rows else ("No state shown has one.",)
    return Table(LOANS.table, "SAFE loans", columns, rows, notes)


def _terms(run: Run) -> tuple[str, ...]:
    """When loans are drawn, what is due on them and from which pocket, in words."""
    given, first = run.case.assumptions.safe, run.years[0]
    last = given.last_draw.value
    rest = f"in equal parts from {first + 1} to {last}" if last > first + 1 else f"in {max(last, first)}"
    due = (
        f"An advance is drawn in {first}, the rest {rest}. Interest is due from the year after each draw on, "
        f"at the rate of the year of the draw, principal after {given.grace.value} years in "
        f"{given.repayment.value} equal yearly parts."
    )
    served = "Served by defence: what is due is in what is signed before (sheet Money) and in no row below."
    return (due, served) if by_defence(run) else (due,)


def by_defence(run: Run) -> tuple[str, ...]:
    """States shown whose defence budget serves their SAFE loans."""
    served = {state.code for state in run.model.states if state.pays_loan}
    return tuple(code for code in run.states if code in served)
