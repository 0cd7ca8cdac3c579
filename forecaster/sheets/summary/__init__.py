"""Summary: the answer first, then the figures it rests on."""

from collections.abc import Hashable, Mapping

from forecaster.case.law import REGULATION
from forecaster.findings import findings
from forecaster.findings.fiscal import public_finances
from forecaster.findings.red import most_strained
from forecaster.findings.strained import reasons
from forecaster.report import places
from forecaster.report.fans import Fan
from forecaster.report.formulas import Shown, ratio
from forecaster.report.sheet import (
    Cells,
    Column,
    Gallery,
    Notes,
    Row,
    Sheet,
    Table,
    lead,
    year_columns,
    yearly,
)
from forecaster.run import Run
from forecaster.sheets import obligations, scenarios, strain, treasury
from forecaster.sheets.summary import red
from forecaster.sheets.summary.red import NAME
from forecaster.sheets.summary.worst_year import worst_years
from models.arrays import UNION

INSIDE = Cells(NAME, "inside")
CASES = Cells(NAME, "cases")

WHOLE = (scenarios.BUDGETS, scenarios.INVESTMENT, scenarios.SIGNED, scenarios.NET)
"""What is set beside the programme, as the Scenarios sheet names it."""

CASE_COLUMNS = (
    *lead("case", "line", "use"),
    Column("share", "EU's share of the contract", "share", "assumption"),
    Column("grant", "grant", "EUR m", "assumption"),
    Column("contracts", "contracts it sets off", "EUR m"),
)


def summary(run: Run) -> Sheet:
    """Return the sheet that answers first."""
    fan, why = _fan(run), reasons(run)
    return Sheet(
        NAME,
        f"Summary: {run.title}",
        "What must member states pay because of the programme, out of which pocket, and when does it not "
        "fit?",
        (
            Notes("In five sentences", findings(run), strong=True),
            *([Notes("What drives strain where it is highest", why)] if why else []),
            Notes("Deficits and debt", (public_finances(run),)),
            _inside(run),
            *red.by_scenario(run),
            *_cases(run),
            worst_years(run),
            Gallery((obligations.fan(run).chart, fan.chart)),
            red.by_year(run),
            fan.table,
            red.states_at_once(run),
        ),
    )


def _inside(run: Run) -> Table:
    """Return the programme beside everything else that draws on the same pockets, for the union by year."""
    results = Shown(scenarios.RESULTS, scenarios.results(run))
    pockets = Shown(treasury.CALLS, treasury.calls(run))
    rows = [
        *(_linked(run, results, (item, run.baseline), item) for item in WHOLE),
        _net_share(run, results),
        *(_linked(run, pockets, (layer, treasury.TOTAL), item) for layer, item in treasury.LAYERS.items()),
    ]
    columns = (*lead("place", "name", "what"), *year_columns(run.years))
    notes = (
        "Means of the union in the baseline. Net call and own resources are the programme, the rest is not.",
    )
    return Table(INSIDE.table, "The programme inside the whole", columns, tuple(rows), notes)


def _cases(run: Run) -> tuple[Table, ...]:
    """Contracts that a grant sets off in each case of the EU's share; no table where there are no cases."""
    used = run.case.assumptions.award.procurement_case.value
    rows = []
    for line in run.case.programme.lines:
        shares = line.eu_share if isinstance(line.eu_share, Mapping) else {}
        for case, share in shares.items():
            key = (line.id, case)
            sets_off = ratio(CASES.at(key, "grant"), CASES.at(key, "share"), (line.amount, share))
            use = "in this run" if case == used else "for comparison"
            rows.append(Row(key, (case, line.name, use, "", share, line.amount, sets_off)))
    notes = (
        _what_cases_are(run),
        "A choice, not a chance: set award.procurement_case to run another.",
    )
    table = Table(CASES.table, "How much a grant may set off", CASE_COLUMNS, tuple(rows), notes)
    return (table,) if rows else ()


def _what_cases_are(run: Run) -> str:
    """What the cases of the bundled regulation are; of another programme only where to look."""
    if run.case.programme.celex == REGULATION:
        return (
            "legal: the ceiling of Article 20(3), which is 25 % where a condition of Article 20(5) holds; "
            "observed: what the forerunner paid; default: between."
        )
    return "What each case stands for: see the line's source on the sheet Assumptions."


def _linked(run: Run, source: Shown, key: Hashable, item: str) -> Row:
    cells = [source.link(key, year) for year in run.years]
    return yearly(key, (UNION, places.union(run).name, item), "EUR m", cells)


def _net_share(run: Run, results: Shown) -> Row:
    """Net call over the money to invest."""
    net, whole = (scenarios.NET, run.baseline), (scenarios.INVESTMENT, run.baseline)
    cells = [
        ratio(
            INSIDE.at(net, year), INSIDE.at(whole, year), (results.cell(net, year), results.cell(whole, year))
        )
        for year in run.years
    ]
    heads = (UNION, places.union(run).name, "net call of money to invest")
    return yearly("net share", heads, "share of investment", cells)


def _fan(run: Run) -> Fan:
    """Return the fan of the most strained state's obligations over its investment."""
    all_shown = len(run.states) == len(run.forecast.states)
    place = most_strained(run)[0]
    most = "the state with the highest probability of red in a single year" + (
        "" if all_shown else " of those shown"
    )
    if run.statistics.any_year("red", run.baseline, place.code) == 0.0:
        most = "in red on no path, as no state shown is"
    return strain.fan(run, NAME, place, most if len(run.states) > 1 else "the state shown")
