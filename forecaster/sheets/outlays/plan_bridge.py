"""From plan to median: what contracts cost over the horizon, step by step, and how sure that is.

Means add up, percentiles do not: the bridge goes from plan to mean in steps, line by line and for all lines,
and from the mean to the median in a step of its own.
"""

from collections.abc import Hashable, Iterator, Mapping
from dataclasses import replace
from itertools import pairwise

from forecaster.report.fans import MEDIAN, PERCENTILES
from forecaster.report.formulas import Shown, difference, link, number, total_row
from forecaster.report.sheet import (
    Cell,
    Cells,
    Chart,
    Column,
    Formula,
    Look,
    Ref,
    Row,
    Series,
    Table,
    formula,
    lead,
    year_columns,
    yearly,
)
from forecaster.run import Run
from models.arrays import LEVELS, UNION

LEAD = (
    Column("code", "line"),
    Column("name", "name", width=19, wrap=True),
    Column("item", "what"),
    Column("unit", "unit"),
)
"""Columns in front of the years: names of lines run over two rows, so that the sheet prints large enough."""

TOTAL = "total"

YEARLY = {
    "plan": "planned cost and dates",
    "to later": "moved by slipped dates",
    "later": "planned cost, later dates",
    "to mean": "prices and cost growth",
    "mean": "mean outlay",
    "to median": "from mean to median",
    "median": "median outlay, P50",
}
"""Row of the bridge by year -> what a reader sees."""

COLUMNS = {
    "plan": "cost and dates as planned",
    "timing": "moved past the horizon",
    "later": "planned cost, later dates",
    "cost": "prices and cost growth",
    "mean": "mean outlay",
    "skew": "from mean to median",
    "median": "median outlay",
}
"""Column of the bridge -> its title."""

LEVELS_OF = {"plan": "planned", "later": "slipped", "mean": "outlay"}
"""Column of the bridge -> metric whose mean it holds."""

STEPS = {key: "level" if key in {"plan", "mean", "median"} else "step" for key in COLUMNS if key != "later"}
"""Bar of the bridge -> whether it stands on the ground."""

CURVES = {"paid_to_date": "EU payments", "spent_to_date": "contract outlays"}
"""Metric of which the last year is the whole horizon -> what a reader sees."""


def bridge(run: Run, cells: Cells, contracts: Shown, items: Mapping[str, str]) -> Table:
    """Return the steps from plan to median by line and for all lines.

    contracts: the table of their yearly means; items: metric -> its name in there.
    """
    lines = [line for line in run.case.programme.lines if line.contract]
    rows = [
        Row(
            line.id,
            (line.id, line.name, "contracts", "EUR m", *_steps(run, cells, contracts, line.id, items)),
            "EUR m",
        )
        for line in lines
    ]
    columns = (
        *LEAD,
        *(
            Column(key, title, "EUR m", "simulated" if key == "median" else "formula")
            for key, title in COLUMNS.items()
        ),
    )
    summed = list(COLUMNS)[: list(COLUMNS).index("mean") + 1]
    last = total_row(cells, TOTAL, (TOTAL, "All lines", "contracts", "EUR m"), summed, rows)
    after = _after(cells, TOTAL, last.cells[-1], _median(run, UNION))
    whole = replace(last, cells=(*last.cells, *after))
    notes = (
        (
            f"Outlays of {run.horizon} together, means but for the last column. Moved: "
            "contracts that slip are paid partly after the horizon. Prices: inflation, defence prices, "
            "exchange rates and saving."
        ),
        (
            "Medians are never added up: that of all lines comes from joint draws. "
            + last_step(number(last.cells[-1]), _median(run, UNION))
        ),
    )
    return Table(cells.table, "Bridge from plan to median", columns, (*rows, whole), notes, keys=4)


def last_step(mean: float, median: float) -> str:
    """Why mean and median of all lines differ, where they do."""
    if mean > median:
        return "The last step: few costly paths pull the mean above the median."
    return "The last step: few cheap paths pull the mean below the median." if mean < median else ""


def _steps(run: Run, cells: Cells, contracts: Shown, line: str, items: Mapping[str, str]) -> tuple[Cell, ...]:
    """Cells of a line: what the contracts come to, and what lies between."""
    levels = {
        key: _looked_up(
            cells.at(line, "code"), contracts, items[metric], number(contracts.cell((line, metric), "within"))
        )
        for key, metric in LEVELS_OF.items()
    }
    at = {key: cells.at(line, key) for key in levels}
    timing = difference(at["later"], at["plan"], (levels["later"], levels["plan"]))
    cost = difference(at["mean"], at["later"], (levels["mean"], levels["later"]))
    after = _after(cells, line, levels["mean"], _median(run, line))
    return (levels["plan"], timing, levels["later"], cost, levels["mean"], *after)


def _looked_up(code: Ref, contracts: Shown, item: str, value: float) -> Formula:
    """Return what the table of contracts holds for a line over the horizon."""
    first, last = contracts.table.rows[0].key, contracts.table.rows[-1].key
    within, codes, items = (
        contracts.cells.down(column, first, last).fix() for column in ("within", "code", "item")
    )
    text = f'SUMIFS({{0}},{{1}},{{2}},{{3}},"{item}")'
    return formula(text, within, codes, code.fix("column"), items, value=value)


def _after(cells: Cells, row: Hashable, mean: Cell, median: float) -> tuple[Formula, float]:
    return difference(cells.at(row, "median"), cells.at(row, "mean"), (median, mean)), median


def _median(run: Run, line: str) -> float:
    """Median outlay on contracts of a line over the horizon [EUR million]."""
    return float(run.statistics.percentiles("spent_to_date", run.baseline, line, (0.5,))[-1, 0])


def by_year(run: Run, cells: Cells) -> Table:
    """Return the same steps year by year, for all lines."""
    found = {
        key: [float(x) for x in run.statistics.mean(metric, run.baseline, UNION)]
        for key, metric in LEVELS_OF.items()
    }
    found["median"] = run.statistics.percentiles("outlay", run.baseline, UNION, (0.5,))[:, 0].tolist()
    heads = (UNION, "All lines")
    rows = []
    for before, key in pairwise(found):
        if before == "plan":
            rows.append(yearly(before, (*heads, YEARLY[before]), "EUR m", found[before]))
        changes = [
            difference(cells.at(key, year), cells.at(before, year), (found[key][t], found[before][t]))
            for t, year in enumerate(run.years)
        ]
        rows.append(yearly(f"to {key}", (*heads, YEARLY[f"to {key}"]), "EUR m", changes))
        rows.append(yearly(key, (*heads, YEARLY[key]), "EUR m", found[key], strong=key == "mean"))
    notes = ("Slip moves outlays to later years. Medians of years do not add up to that of the horizon.",)
    columns = (*lead("place", "name", "step"), *year_columns(run.years))
    return Table(cells.table, "Bridge from plan to median by year", columns, tuple(rows), notes, keys=4)


def steps(cells: Cells, source: Shown) -> Table:
    """Return where the bars of the bridge start and end. source: the bridge."""
    columns = (
        *lead("place", "name", "step"),
        Column("kind", "is a"),
        Column("from", "from", "EUR m"),
        Column("to", "to", "EUR m"),
        Column("base", "stands on", "EUR m"),
        Column("level", "level", "EUR m"),
        Column("rise", "rise", "EUR m"),
        Column("fall", "fall", "EUR m"),
    )
    rows = tuple(_bars(cells, source))
    notes = ("For drawing only, all lines: a step starts where the one before it ends.",)
    return Table(cells.table, "Bars of the bridge", columns, rows, notes)


def _bars(cells: Cells, source: Shown) -> Iterator[Row]:
    end, before = 0.0, ""
    for key, kind in STEPS.items():
        at, level = cells.at, kind == "level"
        start = 0.0 if level else end
        begin = formula("0", value=0.0) if level else link(at(before, "to"), start)
        end = start + number(source.cell(TOTAL, key))
        stop = formula("{0}+{1}", at(key, "from"), source.cells.at(TOTAL, key), value=end)
        begins, ends, what = at(key, "from"), at(key, "to"), at(key, "kind")
        yield Row(
            key,
            (
                UNION,
                "All lines",
                COLUMNS[key],
                "EUR m",
                kind,
                begin,
                stop,
                formula("MIN({0},{1})", begins, ends, value=min(start, end)),
                formula('IF({0}="level",{1},0)', what, ends, value=end if level else 0.0),
                formula(
                    'IF({0}="level",0,MAX({2}-{1},0))', what, begins, ends, value=_up(level, end - start)
                ),
                formula(
                    'IF({0}="level",0,MAX({1}-{2},0))', what, begins, ends, value=_up(level, start - end)
                ),
            ),
            "EUR m",
        )
        before = key


def _up(level: bool, change: float) -> float:  # noqa: FBT001 - of a bar
    return 0.0 if level else max(change, 0.0)


def bridge_chart(cells: Cells) -> Chart:
    """Return the chart of the bridge. cells: of its bars."""
    first, *_, last = STEPS
    looks: dict[str, tuple[str, Look]] = {
        "base": ("", "base"),
        "level": ("level", "total"),
        "rise": ("more", "rise"),
        "fall": ("less", "fall"),
    }
    return Chart(
        title="Contracts of the programme: from plan to median outlay",
        years=cells.down("item", first, last),
        bands=(),
        lines=(),
        unit="EUR m",
        description=(
            "Bridge of outlays on contracts over the horizon, all lines: from planned cost on planned dates "
            "over later dates, prices and cost growth to the mean, and from the mean to the median."
        ),
        bars=tuple(Series(title, cells.down(key, first, last), look) for key, (title, look) in looks.items()),
        across="step",
        stacked=True,
    )


def curves(run: Run, cells: Cells) -> Table:
    """Return percentiles of what is paid and spent over the horizon."""
    found = {
        metric: run.statistics.percentiles(metric, run.baseline, UNION)[-1].tolist() for metric in CURVES
    }
    rows = tuple(
        Row(
            name,
            (UNION, "All lines", name, "EUR m", level, *(found[metric][i] for metric in CURVES)),
            "EUR m",
        )
        for i, (name, level) in enumerate(zip(PERCENTILES, LEVELS, strict=True))
    )
    columns = (
        *lead("place", "name", "percentile"),
        Column("level", "paths below", "share"),
        *(Column(metric, title, "EUR m", "simulated") for metric, title in CURVES.items()),
    )
    title = f"EU payments and contract outlays of {run.horizon} together"
    notes = (f"So many of all paths lie below so much; {MEDIAN} is the median. From joint draws.",)
    return Table(cells.table, title, columns, rows, notes, keys=4)


def curve_chart(run: Run, cells: Cells, metric: str) -> Chart:
    """Return the S-curve of what is paid or spent over the horizon. cells: of its percentiles."""
    amount, level = (cells.down(column, PERCENTILES[0], PERCENTILES[-1]) for column in (metric, "level"))
    what = CURVES[metric]
    return Chart(
        title=f"How sure are {what}, {run.horizon}?",
        years=amount,
        bands=(),
        lines=(Series("share of paths below", level, "line"),),
        unit="share of paths below",
        description=(
            f"S-curve of {what} over the horizon: along the bottom EUR million, upwards the share of paths "
            "in which they are lower."
        ),
        across=f"{what}, EUR m",
        scattered=True,
    )
