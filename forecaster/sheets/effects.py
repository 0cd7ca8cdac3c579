"""Effects: how far each assumption with a range moves P(red)."""

import math
import re

import numpy as np

from forecaster.drivers import Drivers, Effect
from forecaster.drivers.trials import PATHS
from forecaster.report.sheet import Cell, Cells, Column, Row, Sheet, Table, formula
from forecaster.run import Run

NAME = "Effects"
EFFECTS = Cells(NAME, "effects")

NAMES = 46
"""Width of what an assumption is [characters]."""

NOISE = (
    f"one of the {PATHS:,} paths is {100.0 / PATHS:.2f} points of a state's probability; an "
    "effect below that is within sampling noise, and so is its rank"
)
"""What the paths on which assumptions are tried can tell, in words."""

NOTES = (
    (
        "Every assumption, and judgement on a line of the programme, that has a range is moved to both its "
        "ends, all else unchanged. A list moves as a whole; shares already committed by 5 points."
    ),
    (
        "Mean P(red): over all states. Moves P(red) by: the mean over states of the change either way. Most "
        f"in: the state it moves most. On the same draws: {NOISE}."
    ),
)
"""What is told on the sheet Key, so that titles stay in view on a small screen."""


def effects(run: Run) -> Sheet:
    """Return the sheet of assumptions by their effect; without blocks where none was tried."""
    return Sheet(
        NAME,
        "Effects: assumptions by how far they move P(red)",
        "Which assumptions does the probability of red rest on, and how far does each move it?",
        (_effects(run, run.drivers),) if run.drivers else (),
    )


def about(run: Run, key: str) -> str:
    """Return what an assumption is: the first part of its note, its key where it has none."""
    note = run.case.records[key].note
    first = re.split(r"[.,;:] |[.]$", note, maxsplit=1)[0]
    return first[:1].lower() + first[1:] if first else key


def _effects(run: Run, found: Drivers) -> Table:
    columns = (
        Column("rank", "rank", "count"),
        Column("key", "assumption"),
        Column("name", "what it is", width=NAMES, wrap=True),
        Column("unit", "unit"),
        Column("low red", "mean P(red) at 'from'", "share", "simulated"),
        Column("high red", "mean P(red) at 'to'", "share", "simulated"),
        Column("change", "change", "points"),
        Column("size", "moves P(red) by", "points", "simulated"),
        Column("most", "most in"),
        Column("there", "by", "points", "simulated"),
        Column("low", "from", role="assumption"),
        Column("high", "to", role="assumption"),
    )
    rows = tuple(_effect_row(run, found, rank, effect) for rank, effect in enumerate(found.effects, start=1))
    notes = ("P(red) in any year of the baseline at both ends of a range, one at a time. More: sheet Key.",)
    return Table(EFFECTS.table, "", columns, rows, notes, keys=2, filtered=True)


def _effect_row(run: Run, found: Drivers, rank: int, effect: Effect) -> Row:
    key = effect.ends.key
    unit = run.case.records[key].unit
    low, high, _ = effect.red.mean(axis=1).tolist()
    moved = np.abs(np.nan_to_num(effect.change))
    most = int(moved.argmax())
    change: Cell = None
    if math.isfinite(low) and math.isfinite(high):
        cells = (EFFECTS.at(key, "high red"), EFFECTS.at(key, "low red"))
        change = formula("100*({0}-{1})", *cells, value=100.0 * (high - low))
    where = found.places[most] if moved[most] > 0.0 else "none"
    return Row(
        key,
        (
            rank,
            key,
            about(run, key),
            unit,
            low,
            high,
            change,
            100.0 * effect.size,
            where,
            100.0 * float(np.nan_to_num(effect.change)[most]),
            _shown(effect.ends.low),
            _shown(effect.ends.high),
        ),
        unit,
    )


def _shown(value: object) -> Cell:
    """An end of a range as a cell: a number, a name, a list's first and last, blank where not allowed."""
    if isinstance(value, tuple):
        return f"{value[0]:.3g} to {value[-1]:.3g}"
    return value if isinstance(value, int | float | str) else None
