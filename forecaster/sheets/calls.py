"""Calls: what each state is called for because of the programme, by layer and year."""

from collections.abc import Hashable, Iterator, Mapping

from forecaster.drivers.judgements import NEW
from forecaster.report import places
from forecaster.report.fans import by_percentile
from forecaster.report.formulas import Shown, difference, number, total, total_row
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
from forecaster.sheets.budgets import BUDGETS
from forecaster.sheets.money import MONEY

NAME = "Calls"
LAYERS = Cells(NAME, "layers")
NET = Cells(NAME, "net")
UPKEEP = Cells(NAME, "upkeep")
ENDS = Cells(NAME, "ends of new")
INVESTED, LEFT, TAKEN = "invested", "left", "taken"
TOTAL = "total"

ITEMS = {
    "cofinancing": "co-financing, planned cost",
    "overrun": "overrun over planned cost",
    "gross_call": "gross call",
    "grant_received": "grant received",
    "net_call": "net call",
    "timing": "moved by slipped dates",
    "sustainment": "upkeep of what is delivered",
    "going_without": "cost of going without",
}
"""Metric -> what a reader sees; gross is the formula over the two above it."""

SPREAD = ("net_call", "going_without")
"""Layers shown with percentiles."""

WHAT_CALLS_ARE = (
    "Means; minus is money received or saved. Gross call: what flows. Net call: what changes because of the "
    "programme; it alone enters strain. More on each layer: sheet Key."
)

NOTES = (
    (
        "Gross call = co-financing + overrun. Net call = new part of the gross call + for the rest, what "
        "buying together saves or costs against buying alone + grants received. Upkeep is paid from defence "
        "operations, not from investment. Cost of going without: what buying all of it alone, without "
        "saving and grant, would cost more; it is the same calculation read the other way, and enters "
        "nothing else."
    ),
    (
        "Who takes part is drawn, unless programme.toml names the participants: assumed until a case "
        "confirms them. What speaks for the chance that each state has, and who would bear more with "
        "another, stands beside participation.size_weight on the sheet Assumptions."
    ),
)
"""What the sheet Key says of the layers."""


def calls(run: Run) -> Sheet:
    """Return the sheet of calls on the states."""
    by_layer = layers(run)
    return Sheet(
        NAME,
        "Calls: what each state is asked for",
        "What must each state pay because of the programme, in which year, from which layer?",
        (by_layer, _new(run, Shown(LAYERS, by_layer)), _upkeep(run), _percentiles(run)),
    )


def _notes(run: Run) -> Iterator[str]:
    yield WHAT_CALLS_ARE
    if absent := [place.name for place in places.states(run) if not places.takes_part(run, place.code)]:
        yield f"By assumption no part in any contract, unless programme.toml names them: {', '.join(absent)}."


def layers(run: Run) -> Table:
    """Return the table of calls by layer, state and year."""
    means = {
        metric: {place.code: places.mean(run, metric, place).tolist() for place in places.summands(run)}
        for metric in ITEMS
        if metric != "gross_call"
    }
    rows: list[Row] = []
    for metric in ITEMS:
        block = [_row(run, metric, place, means) for place in places.summands(run)]
        rows += [*block, _sum(run, metric, block)]
    return Table(
        LAYERS.table,
        "",
        _columns(run),
        tuple(rows),
        tuple(_notes(run)),
        keys=4,
        filtered=True,
    )


def _columns(run: Run) -> tuple[Column, ...]:
    within = Column("within", "within the horizon", "EUR m", width=12)
    return *lead("state", "name", "quantity"), *year_columns(run.years), within


def _row(run: Run, metric: str, place: Place, means: Mapping[str, Mapping[str, list[float]]]) -> Row:
    own = metric != "gross_call"
    cells: list[Cell] = [*(means[metric][place.code] if own else _gross(run, place, means))]
    key = (metric, place.code)
    within = total(LAYERS.across(key, run.years[0], run.years[-1]), cells)
    return yearly(key, (place.code, place.name, ITEMS[metric]), "EUR m", cells, (within,))


def _gross(run: Run, place: Place, means: Mapping[str, Mapping[str, list[float]]]) -> Iterator[Cell]:
    first, second = means["cofinancing"][place.code], means["overrun"][place.code]
    for year, planned, over in zip(run.years, first, second, strict=True):
        yield formula(
            "{0}+{1}",
            LAYERS.at(("cofinancing", place.code), year),
            LAYERS.at(("overrun", place.code), year),
            value=planned + over,
        )


def _sum(run: Run, metric: str, block: list[Row]) -> Row:
    union = places.union(run)
    heads = (union.code, union.name, ITEMS[metric], "EUR m")
    return total_row(LAYERS, (metric, TOTAL), heads, (*run.years, "within"), block)


def _new(run: Run, called: Shown) -> Table:
    """Return the table of net calls where all, or nothing, would have been bought without the programme."""
    bearers = [*((place.code, place) for place in places.summands(run)), (TOTAL, places.union(run))]
    rows = tuple(
        yearly(
            (end, bearer),
            (place.code, place.name, f"net call, {end}"),
            "EUR m",
            (net(called, bearer, column) for column in (*run.years, "within")),
            strong=bearer == TOTAL,
        )
        for end, net in zip(NEW, (_saved, _without_grants), strict=True)
        for bearer, place in bearers
    )
    notes = (
        (
            "Means. How much of a contract states buy only because of the programme is a judgement (sheet "
            "Assumptions, lines of the programme). Had they bought all of it anyway, the programme saves "
            "them the cost of going without; had they bought nothing, they pay the gross call less grants. "
            "What that does to P(red): sheet Judgements."
        ),
    )
    title = "Net call had states bought all of it anyway, or nothing without the programme"
    return Table(ENDS.table, title, _columns(run), rows, notes, keys=4, filtered=True)


def _saved(called: Shown, bearer: str, column: Hashable) -> Cell:
    """Net call of a bearer who would have bought all of it anyway, in a year or in all."""
    key = "going_without", bearer
    return formula("-{0}", LAYERS.at(key, column), value=-number(called.cell(key, column)))


def _without_grants(called: Shown, bearer: str, column: Hashable) -> Cell:
    """Net call of a bearer who would have bought nothing of it, in a year or in all."""
    keys = [(metric, bearer) for metric in ("gross_call", "grant_received")]
    gross, grant = (number(called.cell(key, column)) for key in keys)
    return formula("{0}+{1}", *(LAYERS.at(key, column) for key in keys), value=gross + grant)


def _upkeep(run: Run) -> Table:
    """Return the table of what upkeep takes of the money it is paid from."""
    rows = [row for place in places.shown(run) for row in _upkeep_rows(run, place)]
    columns = (*lead("state", "name", "quantity"), *year_columns(run.years))
    notes = (
        (
            "Means over paths. SAFE loans that come on top of a budget are invested too: for states that "
            "draw them the money for operations is told too low, and what upkeep takes of it too high. "
            "Blank: no money is left."
        ),
    )
    title = "Upkeep against what the defence budget leaves for operations"
    return Table(UPKEEP.table, title, columns, tuple(rows), notes, keys=4, filtered=True)


def _upkeep_rows(run: Run, place: Place) -> Iterator[Row]:
    """Return the rows of a state, or of the union: money invested, what is left, what upkeep takes of it."""
    budget, investment = (
        run.statistics.mean(metric, run.baseline, place.code).tolist() for metric in ("budget", "investment")
    )
    upkeep = places.mean(run, "sustainment", place).tolist()
    code = UPKEEP.at((INVESTED, place.code), "code").fix("column")
    bearer = TOTAL if place == places.union(run) else place.code
    invested, left, taken = list[Cell](), list[Cell](), list[Cell]()
    for t, year in enumerate(run.years):
        money, over = (UPKEEP.at((key, place.code), year) for key in (INVESTED, LEFT))
        titled = UPKEEP.at(HEADER, year).fix("row")
        invested.append(MONEY.looked_up(run, "investment", code, titled, investment[t]))
        whole = BUDGETS.at((place.code, "mean"), year)
        left.append(difference(whole, money, (budget[t], investment[t])))
        rest = number(left[t])
        found = 1000.0 * upkeep[t] / rest if rest > 0.0 else ""
        bears = LAYERS.at(("sustainment", bearer), year)
        taken.append(formula('IF({1}>0,1000*{0}/{1},"")', bears, over, value=found))
    for key, item, unit, cells in (
        (INVESTED, "money to invest", "EUR m", invested),
        (LEFT, "defence budget less money to invest", "EUR m", left),
        (TAKEN, "upkeep takes of that", "EUR per EUR 1,000", taken),
    ):
        yield yearly((key, place.code), (place.code, place.name, item), unit, cells)


def _percentiles(run: Run) -> Table:
    rows = []
    for metric in SPREAD:
        for place in places.shown(run):
            values = run.statistics.percentiles(metric, run.baseline, place.code)
            for name, cells in by_percentile(values).items():
                heads = (place.code, place.name, f"{ITEMS[metric]}, {name}")
                rows.append(yearly((metric, place.code, name), heads, "EUR m", cells))
    columns = (*lead("state", "name", "quantity"), *year_columns(run.years))
    notes = ("The union's percentiles come from joint draws: they are not sums of those of the states.",)
    title = "Net call and cost of going without: percentiles by state and year"
    return Table(NET.table, title, columns, tuple(rows), notes, keys=4, filtered=True)
