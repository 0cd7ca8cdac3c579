"""Provenance: what went in, what it was run with, what came out, as fingerprints."""

import platform
from importlib.metadata import version

import numpy as np

from forecaster import __version__
from forecaster.report.sheet import Column, Notes, Row, Sheet, Table
from forecaster.run import Run
from models.arrays import UNION

NAME = "Provenance"

PACKAGES = (
    "numpy",
    "numba",
    "scipy",
    "statsmodels",
    "pandas",
    "openpyxl",
    "XlsxWriter",
    "pydantic",
)
"""Packages a result rests on."""

PAIR = (Column("name", "what"), Column("value", "value"))


def provenance(run: Run) -> Sheet:
    """Return the sheet of origins, versions and fingerprints."""
    return Sheet(
        NAME,
        "Provenance: what went in and what it was run with",
        "Can this workbook be produced again, and from what?",
        (
            _pairs("settings", "Settings as resolved", _settings(run)),
            _pairs("hashes", "Fingerprints (SHA-256)", dict(run.hashes), HASH_NOTES),
            _pairs("files", "Files read (SHA-256)", dict(run.case.files)),
            _pairs("versions", "Versions", versions()),
            _sources(run),
            Notes("Warnings", run.warnings or ("none",)),
        ),
    )


HASH_NOTES = (
    (
        "code: the program; case: figures, plans, assumptions, lines and scenarios; fit: the forecast that "
        "is simulated; tally: every count and sum that results rest on. Same code, case, settings and "
        "versions give the same fingerprints."
    ),
)


def _pairs(name: str, title: str, values: dict[str, str], notes: tuple[str, ...] = ()) -> Table:
    rows = tuple(Row(key, (key, value)) for key, value in values.items())
    return Table(name, title, PAIR, rows, notes)


def _settings(run: Run) -> dict[str, str]:
    settings = run.settings
    return {
        "run id": run.run_id,
        "as of": settings.as_of,
        "paths": str(settings.paths),
        "sampling error of P(red)": _sampling_error(run),
        "sampling error of strain": _sampling_error_of_strain(run),
        "seed": str(settings.seed),
        "years": run.horizon,
        "scenarios": ", ".join(settings.scenarios),
        "states shown": ", ".join(run.states),
        "view": f"ministry of {run.ministry}" if run.ministry else "union",
        "states modelled": ", ".join(run.forecast.states),
    }


def _sampling_error(run: Run) -> str:
    """Largest half-width found, and what was asked for where paths were doubled until it was met."""
    found = 100.0 * run.statistics.worst_half_width("red", run.baseline)
    asked = run.settings.precision
    told = f"at most {found:.2f} points either way (95 %)"
    return told if asked is None else f"{told}; asked for {asked:g}, paths doubled from 8,192 until met"


def _sampling_error_of_strain(run: Run) -> str:
    """Largest half of the order-statistic intervals of its median and P95, over all places and years."""
    median, high = (100.0 * _widest(run, level) / 2.0 for level in (0.5, 0.95))
    return f"P50 at most {median:.2f} points either way, P95 {high:.2f} (95 %, by order statistics)"


def _widest(run: Run, level: float) -> float:
    """Width of the widest interval of a percentile of strain in the baseline [ratio]."""
    places = (*run.forecast.states, UNION)
    ends = [run.statistics.order_statistics("strain", run.baseline, place, level) for place in places]
    return float(np.ptp(ends, axis=2).max())


def versions() -> dict[str, str]:
    """Versions of the program, of Python and of the packages that a result rests on."""
    packages = {name: version(name) for name in PACKAGES}
    return {"forecaster": __version__, "Python": platform.python_version(), **packages}


def _sources(run: Run) -> Table:
    columns = (
        Column("table", "table"),
        Column("title", "title", width=38, wrap=True),
        Column("publisher", "publisher", width=26, wrap=True),
        Column("vintage", "vintage", width=18, wrap=True),
        Column("as_of", "as of"),
        Column("newer", "newer vintage known", width=24, wrap=True),
        Column("definition", "definition", width=46, wrap=True),
        Column("terms", "terms", width=28, wrap=True),
    )
    rows = tuple(
        Row(
            source.table,
            (
                source.table,
                source.title,
                source.publisher,
                source.vintage,
                source.as_of,
                source.newer,
                source.definition,
                source.terms,
            ),
        )
        for source in run.case.budgets.sources
    )
    return Table("sources", "Sources of the tables", columns, rows)
