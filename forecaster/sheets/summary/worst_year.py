"""Each state's worst year, and what stands behind it."""

from collections.abc import Mapping

from forecaster.findings.red import worst_year, worst_year_otherwise
from forecaster.report import places
from forecaster.report.formulas import link, number, ratio, total
from forecaster.report.places import Place
from forecaster.report.records import Records
from forecaster.report.sheet import (
    HEADER,
    Cell,
    Cells,
    Column,
    Formula,
    Light,
    Row,
    Table,
    formula,
)
from forecaster.run import Run
from forecaster.sheets import calls, money, strain, treasury
from forecaster.sheets.budgets import STATUS_WORDS
from forecaster.sheets.summary.red import NAME, RED
from models.arrays import Floats

STATES = Cells(NAME, "states")

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


def worst_years(run: Run) -> Table:
    """The year in which red is most probable, state by state."""
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
        f"All years: {run.horizon}. It: the programme. {worst_year_otherwise(run)}".rstrip(),
    )
    lights = (Light("heat", ("red", "red without")),)
    return Table(STATES.table, "Each state's worst year", STATE_COLUMNS, (*rows, last), notes, lights)


def _worst_year(run: Run, place: Place) -> dict[str, Cell]:
    """Cells of a state's row: the worst in the baseline, and what stands behind it."""
    code, at = place.code, STATES.at
    t, worst = worst_year(run, code)
    found = {
        name: source.looked_up(run, name, at(code, "code"), at(code, "year"), float(values[t]))
        for name, (source, values) in _behind(run, code).items()
    }
    effect = 100.0 * (number(found["red"]) - number(found["red without"]))
    status = run.forecast.plan_status[run.forecast.states.index(code)][t]
    return {
        "code": code,
        "name": place.name,
        "plan": STATUS_WORDS[status],
        "year": _reddest(run, code, t) if worst > 0.0 else run.years[t],
        "effect": formula("100*({0}-{1})", at(code, "red"), at(code, "red without"), value=effect),
        "signed": _share(code, "committed", "investment", found),
        "invested": _share(code, "investment", "budget", found),
        "net": _all_years(run, "net_call", place),
        "own": _all_years(run, "eu_budget", place),
        **found,
    }


def _reddest(run: Run, code: str, t: int) -> Formula:
    """The year in which red is most probable, found in the table of P(red) by year."""
    red = RED.across(code, run.years[0], run.years[-1])
    heads = RED.across(HEADER, run.years[0], run.years[-1]).fix()
    return formula("INDEX({0},MATCH(MAX({1}),{1},0))", heads, red, value=run.years[t])


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
    return link(cells.at((metric, place.code), "within"), places.over_years(run, metric, place))
