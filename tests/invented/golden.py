"""Expected tables of the invented union. They are written anew only by this command, from the checkout:

    .venv/bin/python tests/invented/golden.py --write

The difference is then read as results and named in the changelog. Without --write, differences are printed.
The tables of the model rest on a plain forecast made here: a better forecast moves `budgets.csv` alone.
"""

import csv
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np

if __name__ == "__main__":
    sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parents[2])]

from invented.union import EXPECTED, assuming, invented

from forecaster import assembly
from forecaster.case import Case
from forecaster.engine import simulate
from models.arrays import UNION
from models.budgets import Forecast
from models.metrics import EVENTS, LINE_METRICS, METRICS
from models.projection import CENTRE, SCORES
from models.statistics import Statistics

YEARS = range(2026, 2036)
PATHS, SEED = 4096, 7
BINNED = {"percentiles": (5e-3, 1e-5)}
"""Relative and absolute tolerance of what is read from bins, whose grids may change; 1 in 10^6 else."""
LEVELS = {"P5": -1.645, "P50": 0.0, "P95": 1.645}
Table = Mapping[tuple[str, ...], Sequence[float]]
"""Names of a row -> its figures by year."""


def tables(folder: Path) -> Mapping[str, Table]:
    """Every expected table by name, worked out now."""
    case = assuming(invented(folder), {"participation.states_per_contract": 2})
    found = simulated(case)
    return {
        "budgets": dict(budgets(assembly.budget_forecast(case, YEARS))),
        "means": dict(means(case, found)),
        "percentiles": dict(percentiles(case, found)),
        "probabilities": dict(probabilities(case, found)),
        "lines": dict(lines(case, found)),
    }


def steady(case: Case) -> Forecast:
    """Budgets that grow with the economy, 4 % uncertain after a year; allies are pledged 3 % more a year."""
    history = case.budgets.wide("spending", case.budgets.codes, range(2014, 2026))
    gdp = assembly.gdp_baseline(case, (2025, *YEARS))
    ahead = np.arange(1.0, len(YEARS) + 1.0)
    allies = np.array([[float(state.ally)] for state in case.budgets.states])
    count = len(case.budgets.codes)
    return Forecast(
        states=case.budgets.codes,
        years=tuple(YEARS),
        base=history[:, -1],
        gdp=gdp[:, 1:],
        center=np.log(history[:, -1:] * gdp[:, 1:] / gdp[:, :1]),
        spread=np.tile(0.04 * np.sqrt(ahead)[:, np.newaxis] * SCORES, (count, 1, 1)),
        pledge_pull=0.03 * ahead * allies,
        plan=np.full((count, len(YEARS)), np.nan),
        plan_status=(("",) * len(YEARS),) * count,
        method=("steady",) * count,
        notes=("",) * count,
        history_years=tuple(range(2014, 2026)),
        history=history,
    )


def simulated(case: Case) -> Statistics:
    model = assembly.model(case, steady(case))
    stress = assembly.scenarios(case, (), len(YEARS))
    return simulate(model, stress, PATHS, SEED, None, lambda *_: None).statistics


def budgets(found: Forecast) -> Iterator[tuple[tuple[str, ...], Sequence[float]]]:
    for i, code in enumerate(found.states):
        for name, score in LEVELS.items():
            node = CENTRE + round(16.0 * score)
            yield (code, name), np.exp(found.center[i] + found.spread[i, :, node]).tolist()
        yield (code, "pledge_pull"), found.pledge_pull[i].tolist()


def means(case: Case, found: Statistics) -> Iterator[tuple[tuple[str, ...], Sequence[float]]]:
    for scenario, tally in found.tallies.items():
        for place in (*case.budgets.codes, UNION):
            for name in METRICS:
                if name in tally.kept:
                    yield (scenario, place, name), found.mean(name, scenario, place).tolist()


def percentiles(case: Case, found: Statistics) -> Iterator[tuple[tuple[str, ...], Sequence[float]]]:
    for scenario in found.tallies:
        for place in (*case.budgets.codes, UNION):
            for name in ("strain", "strain_difference", "net_call", "gap"):
                for level in (0.05, 0.5, 0.95):
                    values = found.percentiles(name, scenario, place, [level])[:, 0].tolist()
                    yield (scenario, place, name, f"P{100.0 * level:.0f}"), values
                yield (scenario, place, name, "ES95"), found.shortfall(name, scenario, place).tolist()


def probabilities(case: Case, found: Statistics) -> Iterator[tuple[tuple[str, ...], Sequence[float]]]:
    for scenario in found.tallies:
        for place in (*case.budgets.codes, UNION):
            for event in EVENTS:
                yield (scenario, place, event), found.probability(event, scenario, place).tolist()


def lines(case: Case, found: Statistics) -> Iterator[tuple[tuple[str, ...], Sequence[float]]]:
    for line in (*(line.id for line in case.programme.lines), UNION):
        for name in LINE_METRICS:
            yield (line, name), found.mean(name, "baseline", line).tolist()


def expected(name: str) -> Table:
    """A table as committed."""
    with (EXPECTED / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))[1:]
    keys = len(rows[0]) - len(YEARS)
    return {tuple(row[:keys]): [float(x) for x in row[keys:] if x] for row in rows}


def write(name: str, table: Table) -> None:
    """Nine digits; totals of a line stand in the first year's column."""
    with (EXPECTED / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        width = len(next(iter(table)))
        out.writerow([*("" for _ in range(width)), *YEARS])
        for key, values in table.items():
            figures = [f"{value:.9g}" for value in values]
            out.writerow([*key, *figures, *[""] * (len(YEARS) - len(figures))])


def differences(name: str, table: Table) -> list[str]:
    """Rows that are not as committed."""
    committed, (relative, absolute) = expected(name), BINNED.get(name, (1e-6, 1e-6))
    told = [f"{name}: {' '.join(key)} is new" for key in table if key not in committed]
    told += [f"{name}: {' '.join(key)} is gone" for key in committed if key not in table]
    for key in (key for key in table if key in committed):
        if not np.allclose(table[key], committed[key], rtol=relative, atol=absolute):
            told.append(f"{name}: {' '.join(key)} is {table[key]}, expected {committed[key]}")
    return told


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as place:
        for name, table in tables(Path(place) / "case").items():
            if "--write" in sys.argv:
                write(name, table)
            else:
                sys.stdout.write("\n".join([*differences(name, table), ""]))
