"""Forecasts of yearly series given as CSV, each from values up to its origin only."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias

import numpy as np
import pandas as pd

from forecaster.errors import InputError, Problems
from models.arrays import Floats
from models.budgets import METHODS
from models.hindcast import at_levels
from models.pooled import FEWEST_PEERS, projection
from models.projection import Projection, SeriesError
from models.scoring import LEVELS13

Kind: TypeAlias = Literal["share", "amount"]

SERIES_COLUMNS = ("series_id", "year", "value")
TASK_COLUMNS = ("series_id", "origin", "hmax")
RANGES = {
    "year": (1, 9999, "a whole year"),
    "origin": (1, 9999, "a whole year"),
    "hmax": (1, 100, "a whole number of years, 1 to 100"),
    "value": (0.0, sys.float_info.max, "a number of 0 or more; leave the row out where none is known"),
}
"""Column -> what its numbers may be: from, to, in words."""


@dataclass(frozen=True)
class Panel:
    """Yearly series of one file side by side: ids, years and their table (N, Z), NaN where missing."""

    ids: tuple[str, ...]
    years: tuple[int, ...]
    table: Floats


def task_quantiles(
    series: Panel, tasks: pd.DataFrame, method: str, kind: Kind, shares: Panel | None = None
) -> pd.DataFrame:
    """Quantiles at 13 levels of each task (series_id, origin, hmax), from values up to its origin only.

    shares [% of GDP] of the same series tell how far amounts are from the panel's usual burden.
    Returns columns series_id, origin, horizon, quantile, value. Raises InputError without origin.
    """
    told = _aligned(shares, series) if shares else np.full_like(series.table, np.nan)
    origins = sorted(set(tasks["origin"].astype(int).tolist()))
    parts = [
        _origin_quantiles(series, told, year, tasks[tasks["origin"] == year], method, kind)
        for year in origins
    ]
    return pd.concat(parts, ignore_index=True)


def read_series(file: Path) -> Panel:
    """Series of a CSV with the columns series_id, year, value; raises InputError with all problems."""
    table = _table(file, SERIES_COLUMNS)
    wide = table.pivot_table(index="series_id", columns="year", values="value", aggfunc="last")
    years = range(int(wide.columns.min()), int(wide.columns.max()) + 1)
    values = wide.reindex(columns=years).to_numpy(np.float64)
    return Panel(tuple(wide.index), tuple(years), values)


def read_tasks(file: Path, series: Panel) -> pd.DataFrame:
    """Tasks of a CSV with the columns series_id, origin, hmax; raises InputError for unknown ids."""
    tasks = _table(file, TASK_COLUMNS)
    unknown = sorted(set(tasks["series_id"]) - set(series.ids))
    if unknown:
        raise InputError(
            f"{file.name}: {len(unknown)} series are not in the series file, such as {unknown[0]}."
        )
    return tasks


def csv_text(table: pd.DataFrame) -> str:
    """Return a table as CSV."""
    return table.to_csv(index=False, lineterminator="\n")


def _origin_quantiles(
    series: Panel, shares: Floats, year: int, tasks: pd.DataFrame, method: str, kind: Kind
) -> pd.DataFrame:
    """Quantiles of the tasks that share an origin; nothing after it is looked at."""
    place = year - series.years[0] + 1
    known, burden = series.table[:, :place], shares[:, :place]
    rows = [series.ids.index(name) for name in tasks["series_id"]]
    outside = not 0 < place <= series.table.shape[1]
    missing = [series.ids[row] for row in rows if outside or not known[row, -1] > 0.0]
    if missing:
        raise InputError(f"{', '.join(missing)}: no positive value in {year}, so no origin to forecast from.")
    peers = np.flatnonzero(known[:, -1] > 0.0)
    horizon = int(tasks["hmax"].max())
    try:
        found = _project(method, kind, known[rows], known[peers], (burden[rows], burden[peers]), horizon)
    except SeriesError as error:
        raise InputError(f"Origin {year}: {error}.") from error
    levels = known[rows, -1][:, None, None] * np.exp(at_levels(found.log_quantiles))
    names, ahead = tasks["series_id"].tolist(), tasks["hmax"].astype(int).tolist()
    return pd.concat(
        [_task_table(name, year, level[:h]) for name, level, h in zip(names, levels, ahead, strict=True)]
    )


def _project(
    method: str, kind: Kind, known: Floats, peers: Floats, shares: tuple[Floats, Floats], horizon: int
) -> Projection:
    """The method's projection; pooled amounts keep the panel's drift and are told their share of GDP."""
    if kind == "amount" and method == "pooled" and len(peers) >= FEWEST_PEERS:
        own, others = shares
        return projection(known, peers, horizon, shares=own, panel_shares=others, drift=1.0)
    return METHODS[method](known, peers, horizon)


def _task_table(name: str, origin: int, levels: Floats) -> pd.DataFrame:
    horizon, quantile = np.meshgrid(np.arange(1, len(levels) + 1), LEVELS13, indexing="ij")
    columns = {"horizon": horizon.ravel(), "quantile": quantile.ravel(), "value": levels.ravel()}
    return pd.DataFrame({"series_id": name, "origin": origin, **columns})


def _aligned(shares: Panel, series: Panel) -> Floats:
    """Shares in the rows and years of the series; ids agree, or agree from their last underscore on."""
    short = {name.rsplit("_", 1)[-1]: row for row, name in enumerate(shares.ids)}
    whole = {name: row for row, name in enumerate(shares.ids)}
    rows = [whole.get(name, short.get(name.rsplit("_", 1)[-1])) for name in series.ids]
    if all(row is None for row in rows):
        raise InputError("The file of shares has none of the series: ids must agree from the last _ on.")
    table = (
        pd.DataFrame(shares.table, columns=shares.years).reindex(columns=series.years).to_numpy(np.float64)
    )
    return np.array([np.full(len(series.years), np.nan) if row is None else table[row] for row in rows])


def _table(file: Path, columns: Sequence[str]) -> pd.DataFrame:
    """Columns of a CSV, the first a name, the others numbers in RANGES; the first two name a row."""
    try:
        table = pd.read_csv(
            file, dtype=str, keep_default_na=False, na_values=[""], usecols=lambda name: name in columns
        )
    except FileNotFoundError as error:
        raise InputError(f"{file} is not there.") from error
    except (OSError, ValueError) as error:
        raise InputError(f"{file} cannot be read as CSV: {error}.") from error
    missing = [name for name in columns if name not in table]
    if missing:
        needed = f"it needs {', '.join(columns)}, separated by commas"
        raise InputError(f"{file.name}: no column {', '.join(missing)}; {needed}.")
    if table.empty:
        raise InputError(f"{file.name}: no rows under {', '.join(columns)}. Add one for each {columns[1]}.")
    _refuse_bad_rows(file.name, table, columns)
    return table.astype({name: float if name == "value" else int for name in columns[1:]})


def _refuse_bad_rows(file: str, table: pd.DataFrame, columns: Sequence[str]) -> None:
    """Refuse rows without a name, with a number out of RANGES, or that stand twice. Numbers are read."""
    problems = Problems()
    name, second = columns[:2]
    for row in _places(table[name].isna()):
        problems.add(file, f"row {row + 2}", f"no {name}. Name the series.")
    for column in columns[1:]:
        found, (least, most, allowed) = table[column], RANGES[column]
        table[column] = pd.to_numeric(found, errors="coerce")
        good = table[column].between(least, most) & ((table[column] % 1 == 0) | (column == "value"))
        for row in _places(~good):
            told = "empty" if pd.isna(found[row]) else f"'{found[row]}'"
            problems.add(file, f"row {row + 2}", f"{column} is {told}. Allowed: {allowed}.")
    for row in _places(table[name].notna() & table.duplicated([name, second])):
        told = f"{table[name][row]} has {second} {table[second][row]:g} twice. Keep one of the rows."
        problems.add(file, f"row {row + 2}", told)
    problems.raise_if_any(InputError)


def _places(bad: "pd.Series[bool]") -> list[int]:
    return np.flatnonzero(bad).tolist()
