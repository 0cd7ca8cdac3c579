"""Summary: the answer first, then the figures it rests on."""

import math
from collections.abc import Hashable, Iterator, Mapping

import numpy as np

from forecaster.case.programme import REGULATION
from forecaster.findings import findings
from forecaster.findings.fiscal import public_finances
from forecaster.findings.judged import signed
from forecaster.findings.red import beyond
from forecaster.findings.strained import most_strained, reasons
from forecaster.report import places
from forecaster.report.fans import Fan
from forecaster.report.formulas import Shown, number, ratio, total
from forecaster.report.places import Place
from forecaster.report.records import Records
from forecaster.report.sheet import (
    HEADER,
    Cell,
    Cells,
    Column,
    Gallery,
    Light,
    Notes,
    Row,
    Sheet,
    Table,
    formula,
    lead,
    year_columns,
    yearly,
)
from forecaster.report.styles import percent
from forecaster.run import Run
from forecaster.sheets import calls, money, obligations, scenarios, strain, treasury
from forecaster.sheets.budgets import STATUS_WORDS
from forecaster.sheets.key import OFTEN, in_words
from models.arrays import UNION, Floats

NAME = "Summary"
INSIDE = Cells(NAME, "inside")
RED = Cells(NAME, "red")
STATES = Cells(NAME, "states")
COUNT = Cells(NAME, "count")
CASES = Cells(NAME, "cases")

BESIDE = 10
"""Scenarios side by side in a heat map."""

WHOLE = (scenarios.BUDGETS, scenarios.INVESTMENT, scenarios.SIGNED, scenarios.NET)
"""What is set beside the programme, as the Scenarios sheet names it."""

STATE_COLUMNS = (
    Column("code", "state"),
    Column("name", "name"),
    Column("plan", "budget of that year is"),
    Column("year", "worst year", "year"),
    Column("red", "P(red)", "share"),
    Column("red without", "P(red) without it", "share"),
    Column("effect", "it adds", "points"),
    Column("committed", "signed before", "EUR m"),
    Column("investment", "money to invest", "EUR m"),
    Column("signed", "signed of it", "share"),
    Column("budget", "defence budget", "EUR m"),
    Column("invested", "invested of it", "share"),
    Column("net", "net call, all years", "EUR m"),
    Column("own", "own resources, all years", "EUR m"),
)


CASE_COLUMNS = (
    *lead("case", "line", "use"),
    Column("share", "EU's share of the contract", "share", "assumption"),
    Column("grant", "grant", "EUR m", "assumption"),
    Column("contracts", "contracts it sets off", "EUR m"),
)


def summary(run: Run) -> Sheet:
    """Return the sheet that answers first."""
    fan = _fan(run)
    return Sheet(
        NAME,
        f"Summary: {run.title}",
        "What must member states pay because of the programme, out of which pocket, and when does it not "
        "fit?",
        (
            Notes("In five sentences", findings(run), strong=True),
            Notes("What drives strain where it is highest", reasons(run)),
            Notes("Deficits and debt", (public_finances(run),)),
            _inside(run),
            *_heats(run),
            *_cases(run),
            _states(run),
            Gallery((obligations.fan(run).chart, fan.chart)),
            _red(run),
            fan.table,
            _count(run),
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


def _heats(run: Run) -> tuple[Table, ...]:
    """P(red) by state and scenario, so many scenarios side by side as there are years elsewhere."""
    names = run.settings.scenarios
    parts = [names[i : i + BESIDE] for i in range(0, len(names), BESIDE)]
    return tuple(_heat(run, number, part) for number, part in enumerate(parts, start=1))


def _heat(run: Run, number: int, names: tuple[str, ...]) -> Table:
    cells = Cells(NAME, f"heat {number}")
    rows = tuple(_heat_row(run, cells, place, names) for place in (*places.states(run), places.union(run)))
    columns = (
        *lead("state", "name", "what"),
        *(Column(name, name.replace("-", " "), role="simulated") for name in names),
        *([Column("word", f"{run.baseline} in words")] if run.baseline in names else []),
    )
    steps = ", ".join(f"{word} from {percent(step)}" for step, word in reversed(OFTEN.items()))
    notes = (
        (
            f"Share of {run.settings.paths:,} paths in which promises exceed {beyond(run)} in at least "
            f"one year of {run.horizon}. Last row: the union as if it had one purse."
        ),
        (
            f"Colours and words: {steps}. Red comes before anything is moved or cut. How much is already "
            f"signed for is a judgement. {signed(run)}"
        ),
    )
    title = "Probability of red by state and scenario" + (", continued" if number > 1 else "")
    shown = notes if number == 1 else ()
    return Table(cells.table, title, columns, rows, shown, (Light("heat", names),))


def _heat_row(run: Run, cells: Cells, place: Place, names: tuple[str, ...]) -> Row:
    found = [run.statistics.any_year("red", name, place.code) for name in names]
    first = cells.at(place.code, run.baseline)
    word = [in_words(first, found[names.index(run.baseline)])] if run.baseline in names else []
    return yearly(place.code, (place.code, place.name, "P(red) in any year"), "share", found, word)


def _red(run: Run) -> Table:
    rows = tuple(_red_row(run, place) for place in (*places.states(run), places.union(run)))
    columns = (*lead("state", "name", "what"), *year_columns(run.years))
    notes = (f"In the scenario '{run.baseline}', from the Strain sheet.",)
    lights = (Light("heat", run.years),)
    return Table(RED.table, "Probability of red by state and year", columns, rows, notes, lights)


def _red_row(run: Run, place: Place) -> Row:
    code = RED.at(place.code, "code").fix("column")
    values = run.statistics.probability("red", run.baseline, place.code)
    cells = [
        strain.STRAIN.looked_up(run, "red", code, RED.at(HEADER, year).fix("row"), float(value))
        for year, value in zip(run.years, values, strict=True)
    ]
    return yearly(place.code, (place.code, place.name, "P(red)"), "share", cells)


def _states(run: Run) -> Table:
    keys = [column.key for column in STATE_COLUMNS]
    rows = []
    for place in places.states(run):
        cells = _worst_year(run, place)
        rows.append(Row(place.code, tuple(cells[str(key)] for key in keys)))
    sums = {
        key: total(STATES.down(key, rows[0].key, rows[-1].key), [row.cells[keys.index(key)] for row in rows])
        for key in ("net", "own")
    }
    heads = {"code": "sum", "name": "States shown"}
    last = Row("sum", tuple(heads.get(str(key)) or sums.get(str(key)) for key in keys), strong=True)
    notes = (
        (
            "The year in which red is most probable in the baseline, and why: what is signed for before, "
            "what is invested, SAFE loans on top of the budget among it, what the budget of that year rests "
            "on. Money: means."
        ),
        f"All years: {run.horizon}. It: the programme.",
    )
    lights = (Light("heat", ("red", "red without")),)
    return Table(STATES.table, "Each state's worst year", STATE_COLUMNS, (*rows, last), notes, lights)


def _worst_year(run: Run, place: Place) -> dict[str, Cell]:
    """Cells of a state's row: the year of its highest P(red) in the baseline, and what stands behind it."""
    code, at = place.code, STATES.at
    t = int(run.statistics.probability("red", run.baseline, code).argmax())
    found = {
        name: source.looked_up(run, name, at(code, "code"), at(code, "year"), float(values[t]))
        for name, (source, values) in _behind(run, code).items()
    }
    effect = 100.0 * (number(found["red"]) - number(found["red without"]))
    status = run.forecast.plan_status[run.forecast.states.index(code)][t]
    red = RED.across(code, run.years[0], run.years[-1])
    heads = RED.across(HEADER, run.years[0], run.years[-1]).fix()
    return {
        "code": code,
        "name": place.name,
        "plan": STATUS_WORDS[status],
        "year": formula("INDEX({0},MATCH(MAX({1}),{1},0))", heads, red, value=run.years[t]),
        "effect": formula("100*({0}-{1})", at(code, "red"), at(code, "red without"), value=effect),
        "signed": _share(code, "committed", "investment", found),
        "invested": _share(code, "investment", "budget", found),
        "net": _all_years(run, "net_call", place),
        "own": _all_years(run, "eu_budget", place),
        **found,
    }


def _behind(run: Run, code: str) -> dict[str, tuple[Records, Floats]]:
    """Columns of the Strain and the Money sheet by year."""
    statistics, baseline = run.statistics, run.baseline
    return {
        "red": (strain.STRAIN, statistics.probability("red", baseline, code)),
        "red without": (strain.STRAIN, statistics.probability("red_without", baseline, code)),
        **{
            name: (money.MONEY, statistics.mean(name, baseline, code))
            for name in ("committed", "investment", "budget")
        },
    }


def _share(code: str, part: str, whole: str, found: Mapping[str, Cell]) -> Cell:
    return ratio(STATES.at(code, part), STATES.at(code, whole), (found[part], found[whole]))


def _all_years(run: Run, metric: str, place: Place) -> Cell:
    """Return what the Calls or the Treasury sheet shows for all years together."""
    cells = treasury.CALLS if metric in treasury.LAYERS else calls.LAYERS
    value = math.fsum(places.mean(run, metric, place, run.baseline))
    return formula("{0}", cells.at((metric, place.code), "within"), value=value)


def _count(run: Run) -> Table:
    rows = [row for name in run.settings.scenarios for row in _count_rows(run, name)]
    columns = (*lead("scenario", "place", "states in red"), *year_columns(run.years))
    notes = ("How many states are in red in the same year, counted on each path.",)
    return Table(COUNT.table, "Number of states in red by year", columns, tuple(rows), notes)


def _count_rows(run: Run, scenario: str) -> Iterator[Row]:
    reached = np.cumsum(run.statistics.at_once("red", scenario), axis=1)
    mean = run.statistics.mean_at_once("red", scenario).tolist()
    name = places.union(run).name
    yield yearly((scenario, "mean"), (scenario, name, "mean"), "states, mean", mean)
    for level in (0.5, 0.95):
        cells = [float(np.searchsorted(row, level)) for row in reached]
        item = f"P{100 * level:.0f}"
        yield yearly((scenario, item), (scenario, name, item), "states", cells)


def _fan(run: Run) -> Fan:
    """Return the fan of the most strained state's obligations over its investment."""
    all_shown = len(run.states) == len(run.forecast.states)
    place = most_strained(run)[0]
    most = "the state with the highest probability of red in any year" + (
        "" if all_shown else " of those shown"
    )
    if run.statistics.any_year("red", run.baseline, place.code) == 0.0:
        most = "in red on no path, as no state shown is"
    return strain.fan(run, NAME, place, most if len(run.states) > 1 else "the state shown")
