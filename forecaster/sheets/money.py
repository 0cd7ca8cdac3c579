"""Money: the sums behind strain, by scenario, state and year, and what is missing."""

from collections.abc import Iterator, Mapping

from forecaster.report import records
from forecaster.report.places import Place
from forecaster.report.records import Key, Records, simulated
from forecaster.report.sheet import Cell, Cells, Column, Formula, Sheet, Table, formula
from forecaster.run import Run
from forecaster.sheets import treasury
from forecaster.sheets.assumptions import threshold
from models.arrays import Floats

NAME = "Money"
MONEY = Records(Cells(NAME, "money"))

MEANS = {
    "budget": ("budget", "defence budget mean"),
    "investment": ("investment", "money to invest mean"),
    "committed": ("committed", "signed before mean"),
    "gross": ("gross_call", "gross call mean"),
    "net": ("net_call", "net call mean"),
    "gap": ("gap", "gap mean"),
    "own": ("eu_budget", "own resources mean"),
    "safe": ("safe_service", "SAFE service mean"),
}
"""Column -> metric whose mean it holds, title."""

WHAT_IT_HOLDS = (
    "Same rows as the Strain sheet, EUR million at current prices. Means may be added up over states, "
    "percentiles may not. Printed: the baseline. More on the columns: sheet Key."
)

NOTES = (
    (
        "Gap: promises beyond investment money, zero where they fit; of the union the sum of the states' "
        "gaps, since one state's money does not fill another's. All its percentiles in the baseline: "
        "Obligations sheet."
    ),
    (
        "Net call not material: its mean is below the larger of the two limits on the Assumptions sheet. All "
        "its percentiles in the baseline: Calls sheet."
    ),
)
"""What the sheet Key says of the columns."""


def money(run: Run) -> Sheet:
    """Return the sheet of the sums behind strain."""
    columns = _columns(run)
    keys = [str(column.key) for column in columns[len(records.HEADS) :]]
    rows = records.rows(run, lambda scenario, place: _cells(run, scenario, place, keys))
    table = Table(
        MONEY.cells.table,
        "",
        columns,
        rows,
        (WHAT_IT_HOLDS, _pockets(run)),
        keys=4,
        filtered=True,
        prints=records.printed(run),
    )
    return Sheet(
        NAME,
        "Money: the sums behind strain",
        "How much is there, how much is promised, how much does the programme add, and what is missing?",
        (table,),
    )


def _pockets(run: Run) -> str:
    """Who pays own resources and serves SAFE loans, in words."""
    served = ", ".join(treasury.by_defence(run))
    but = f" (of {served} it is defence, as part of what is signed before)" if served else ""
    return (
        f"Own resources and the service of SAFE loans are paid by the treasury{but}: another pocket, never "
        "added to the others."
    )


def _columns(run: Run) -> tuple[Column, ...]:
    level = run.case.assumptions.strain.shortfall_level.value
    means = {key: simulated(key, title, "EUR m") for key, (_, title) in MEANS.items()}
    return (
        *records.HEADS,
        *(means[key] for key in ("budget", "investment", "committed", "gross", "net")),
        simulated("net P50", "net call P50", "EUR m"),
        simulated("net P95", "net call P95", "EUR m"),
        Column("word", "net call is", width=13.5),
        means["gap"],
        simulated("gap P50", "gap P50", "EUR m"),
        simulated("gap P95", "gap P95", "EUR m"),
        simulated("gap tail", f"gap, mean beyond P{100 * level:.0f}", "EUR m"),
        *(means[key] for key in ("own", "safe")),
    )


def _cells(run: Run, scenario: str, place: Place, keys: list[str]) -> Iterator[tuple[Cell, ...]]:
    """Cells of a place by year, after what names them."""
    found = {name: column.tolist() for name, column in series(run, scenario, place.code).items()}
    for t, year in enumerate(run.years):
        values = {name: column[t] for name, column in found.items()}
        cells: dict[str, Cell] = {**values, "word": _word(run, (scenario, place.code, year), values)}
        yield tuple(cells[name] for name in keys)


def series(run: Run, scenario: str, place: str) -> Mapping[str, Floats]:
    """Every simulated column of a place by year."""
    statistics = run.statistics
    level = run.case.assumptions.strain.shortfall_level.value
    net, gap = (
        statistics.percentiles(metric, scenario, place, (0.50, 0.95)) for metric in ("net_call", "gap")
    )
    return {
        **{key: statistics.mean(metric, scenario, place) for key, (metric, _) in MEANS.items()},
        "net P50": net[:, 0],
        "net P95": net[:, 1],
        "gap P50": gap[:, 0],
        "gap P95": gap[:, 1],
        "gap tail": statistics.shortfall("gap", scenario, place, level),
    }


def _word(run: Run, key: Key, values: Mapping[str, float]) -> Formula:
    """Return whether the net call is worth a sentence."""
    given = run.case.assumptions.strain
    limit = max(given.material_money.value, given.material_share.value * values["investment"])
    return formula(
        'IF(ABS({0})<MAX({1},{2}*{3}),"not material","material")',
        MONEY.at(key, "net"),
        threshold("material_money"),
        threshold("material_share"),
        MONEY.at(key, "investment"),
        value="not material" if abs(values["net"]) < limit else "material",
    )
