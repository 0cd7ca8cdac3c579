"""Currencies: the main amounts of states outside the euro in their own money, beside the euro."""

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from forecaster.assembly.volatility import PEGGED
from forecaster.report import national, places
from forecaster.report.formulas import Shown, link, number, total
from forecaster.report.national import Currency
from forecaster.report.places import Place
from forecaster.report.sheet import (
    HEADER,
    Block,
    Cell,
    Cells,
    Column,
    Notes,
    Row,
    Sheet,
    Table,
    formula,
    lead,
    year_columns,
    yearly,
)
from forecaster.run import Run
from forecaster.sheets import budgets, calls, inputs, treasury
from forecaster.sheets.money import MONEY

NAME = "Currencies"
RATES = Cells(NAME, "rates")
YEAR_USED = "year used"
WITHIN = "within"

DRIFT = 0.005
"""Move of a tied currency that is told."""

LEVELS = ("P5", "P50", "P95")
"""Percentiles of the budget that are shown."""

FROM_MONEY = {
    "investment": ("money to invest, mean", "investment", None),
    "committed": ("signed before, mean", "committed", None),
    "net P95": ("net call, P95", "net_call", 0.95),
    "gap": ("gap, mean", "gap", None),
    "gap P95": ("gap, P95", "gap", 0.95),
}
"""Column of the Money sheet -> what a reader sees, metric, level of a percentile (None for the mean)."""


@dataclass(frozen=True)
class Amount:
    """A quantity by year in EUR million. cells: what shows it; adds: whether its years may be added up."""

    item: str
    cells: tuple[Cell, ...]
    adds: bool = False


def currencies(run: Run) -> Sheet:
    """Return the sheet of national currencies; without blocks where all states shown have the euro."""
    shown = [place for place in places.states(run) if place.code in national.outside(run)]
    blocks = _blocks(run, shown) if shown else ()
    return Sheet(
        NAME,
        "Currencies: the main amounts in national money",
        "What are the main amounts in the money of a state outside the euro?",
        blocks,
    )


def _blocks(run: Run, shown: Sequence[Place]) -> tuple[Block, ...]:
    told = Notes("How the rates are taken", tuple(_notes(run, shown)))
    return _rates(run, shown), told, *_amounts(run, shown)


def _rates(run: Run, shown: Sequence[Place]) -> Table:
    rows = [_year_used(run), *(_rate_row(run, place, _money(run, place)) for place in shown)]
    columns = (*lead("state", "name", "rate"), *year_columns(run.years))
    return Table(RATES.table, "National currency per euro", columns, tuple(rows), keys=4)


def _notes(run: Run, shown: Sequence[Place]) -> Iterator[str]:
    yield (
        "National currency per euro, as the Inputs sheet holds it: derived from the International Monetary "
        "Fund's path of GDP in national money and in dollars, no market rate. Years after its last are taken "
        "at the last."
    )
    yield (
        "Money of the model is EUR million at this path, whatever rate a path of the simulation draws: what "
        "a moved rate costs is inside the calls. Own money = euros x rate of the year, exactly."
    )
    yield _walks(run, shown)
    yield "Treasury calls are owed in euros: they stand at this path, without the risk of a moved rate."
    yield from (f"{code}: no rate for each year; shown in euros only." for code in national.without_rate(run))
    yield from (note for place in shown if (note := _drift(run, place)))


def _walks(run: Run, shown: Sequence[Place]) -> str:
    """By how much the simulation moves each rate, in words."""
    moves = {_money(run, place).code: _volatility(run, place) for place in shown}
    told = ", ".join(f"{code} {100.0 * size:.2f} %" for code, size in moves.items() if size > 0.0)
    tied = ", ".join(code for code, size in moves.items() if size == 0.0)
    return (
        "In the simulation the logarithm of a rate over this path walks at random, each year by the standard "
        "deviation of its yearly changes on the Inputs sheet up to "
        f"{run.case.assumptions.run.base_year}: {told or 'none'}. Where that is under {100.0 * PEGGED:g} % "
        f"the rate counts as tied to the euro and stays: {tied or 'none'}."
    )


def _volatility(run: Run, place: Place) -> float:
    return next(state.currency_sd for state in run.model.states if state.code == place.code)


def _drift(run: Run, place: Place) -> str:
    """Note on a currency tied to the euro whose derived path leaves its rate of the base year."""
    base = run.case.assumptions.run.base_year
    figure = run.case.budgets.figure(national.TABLE, place.code, base)
    if figure is None or _volatility(run, place) > 0.0:
        return ""
    rates = _money(run, place).rates
    off = max(abs(rate / figure.value - 1.0) for rate in rates)
    return (
        f"{place.code}: tied to the euro, yet the derived path moves up to {100.0 * off:.1f} % from the rate "
        f"of {base}; its amounts in national money are off by as much."
        if off > DRIFT
        else ""
    )


def _money(run: Run, place: Place) -> Currency:
    found = national.currency(run, place.code)
    assert found is not None
    return found


def _year_used(run: Run) -> Row:
    """Return the year whose rate is used in each year."""
    years = inputs.column_of(run, national.TABLE, "item")
    cells = [
        formula("MIN({0},MAX({1}))", RATES.at(HEADER, year).fix("row"), years, value=used)
        for year, used in zip(run.years, national.rate_years(run), strict=True)
    ]
    return yearly(YEAR_USED, ("all", "All states", "rate taken from"), "year", cells)


def _rate_row(run: Run, place: Place, money: Currency) -> Row:
    code = RATES.at(place.code, "code").fix("column")
    cells = [
        inputs.looked_up(run, national.TABLE, code, RATES.at(YEAR_USED, year).fix("row"), rate)
        for year, rate in zip(run.years, money.rates, strict=True)
    ]
    unit = f"{money.code} per EUR"
    return yearly(place.code, (place.code, place.name, unit), unit, cells)


def _amounts(run: Run, shown: Sequence[Place]) -> Iterator[Table]:
    asked = Shown(calls.LAYERS, calls.layers(run))
    pockets = Shown(treasury.CALLS, treasury.calls(run))
    for place in shown:
        cells = Cells(NAME, f"amounts of {place.code}")
        found = (
            *_budget(run, place),
            *(_from_money(run, cells, place, column) for column in FROM_MONEY),
            *_linked(run, asked, place, calls.ITEMS),
            *_linked(run, pockets, place, {**treasury.LAYERS, treasury.ALL: treasury.ALL}),
        )
        yield _table(run, cells, place, found)


def _table(run: Run, cells: Cells, place: Place, found: Iterable[Amount]) -> Table:
    """Return the amounts of a state, each in euros and below it in its own money."""
    money = _money(run, place)
    rows = [row for amount in found for row in _pair(run, cells, place, money, amount)]
    columns = (
        *lead("state", "name", "amount"),
        *year_columns(run.years),
        Column(WITHIN, "within the horizon"),
    )
    notes = (
        f"Scenario '{run.baseline}'. Euros as on the sheets they come from; percentiles are not added up.",
    )
    title = f"{place.name}: amounts in {money.code} and in euros"
    return Table(cells.table, title, columns, tuple(rows), notes)


def _pair(run: Run, cells: Cells, place: Place, money: Currency, amount: Amount) -> Iterator[Row]:
    own = tuple(
        formula(
            "{0}*{1}",
            cells.at((amount.item, national.EURO), year),
            RATES.at(place.code, year).fix("row"),
            value=number(cell) * rate,
        )
        for year, cell, rate in zip(run.years, amount.cells, money.rates, strict=True)
    )
    pairs = ((national.EURO, "EUR m", amount.cells), (money.code, f"million {money.code}", own))
    for code, unit, values in pairs:
        key = (amount.item, code)
        within = total(cells.across(key, run.years[0], run.years[-1]), values) if amount.adds else None
        heads = (place.code, place.name, amount.item)
        yield yearly(key, heads, unit, values, (within,), strong=code != national.EURO)


def _budget(run: Run, place: Place) -> Iterator[Amount]:
    values = run.statistics.percentiles("budget", run.baseline, place.code, (0.05, 0.50, 0.95)).T
    mean = run.statistics.mean("budget", run.baseline, place.code)
    for level, found in (*zip(LEVELS, values, strict=True), ("mean", mean)):
        refs = [budgets.BUDGETS.at((place.code, level), year) for year in run.years]
        linked = (link(ref, float(x)) for ref, x in zip(refs, found, strict=True))
        yield Amount(f"defence budget, {level}", tuple(linked))


def _from_money(run: Run, cells: Cells, place: Place, column: str) -> Amount:
    item, metric, level = FROM_MONEY[column]
    code = cells.at((item, national.EURO), "code").fix("column")
    statistics = run.statistics
    values = (
        statistics.mean(metric, run.baseline, place.code)
        if level is None
        else statistics.percentiles(metric, run.baseline, place.code, (level,))[:, 0]
    )
    found = (
        MONEY.looked_up(run, column, code, cells.at(HEADER, year).fix("row"), float(value))
        for year, value in zip(run.years, values, strict=True)
    )
    return Amount(item, tuple(found))


def _linked(run: Run, source: Shown, place: Place, items: Mapping[str, str]) -> Iterator[Amount]:
    for metric, item in items.items():
        key: Hashable = (metric, place.code)
        linked = tuple(source.link(key, year) for year in run.years)
        yield Amount(f"{item}, mean", linked, adds=True)
