"""All tables of a run as CSV files with a description, for those who load results into a database.

The description, datapackage.json, is a Frictionless Data Package: name, columns, types, units, sources and
keys of each table. The same run gives the same bytes.
"""

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from forecaster import __version__
from forecaster.datapackage.given import GIVEN
from forecaster.datapackage.names import NAMES
from forecaster.datapackage.results import RESULTS
from forecaster.datapackage.schema import Resource
from forecaster.datapackage.text import LINE_END, table_bytes
from forecaster.machine.output import save_folder
from forecaster.run import Run

DESCRIPTION = "datapackage.json"
RESOURCES: tuple[Resource, ...] = (*NAMES, *RESULTS, *GIVEN)

ABOUT = (
    "Results of one run in long form, with all that went in. Money is EUR million at current prices. An "
    "empty cell is a missing value, never zero. Percentiles are never to be added up; those of the union "
    "come from joint draws. A text that a spreadsheet might take for a formula has an apostrophe before it."
)


def file_names() -> tuple[str, ...]:
    """Files of a package."""
    return (*(resource.path for resource in RESOURCES), DESCRIPTION)


def write(run: Run, folder: Path, *, force: bool) -> None:
    """Write the tables of a run and their description into a folder.

    The description comes last: where it stands, all tables do. Raises OutputExists or OutputNotWritable.
    """
    save_folder(content(run), folder, force=force, seal=DESCRIPTION)


def content(run: Run) -> dict[str, bytes]:
    """Name and content of each file of the package."""
    files = {
        resource.path: table_bytes([field.name for field in resource.fields], resource.rows(run))
        for resource in RESOURCES
    }
    described = json.dumps(_package(run, files), indent=2, ensure_ascii=False)
    return {**files, DESCRIPTION: f"{described}\n".encode()}


def _package(run: Run, files: dict[str, bytes]) -> dict[str, Any]:
    return {
        "profile": "tabular-data-package",
        "name": f"forecaster-{run.run_id}",
        "title": run.title,
        "description": ABOUT,
        "version": __version__,
        "created": f"{run.settings.as_of}T00:00:00Z",
        "sources": [{"title": title} for title in dict.fromkeys(_titles(run))],
        "resources": [_described(resource, files[resource.path]) for resource in RESOURCES],
    }


def _titles(run: Run) -> Iterator[str]:
    """Publisher, title and vintage of each table of the case."""
    for source in run.case.budgets.sources:
        yield f"{source.publisher}: {', '.join(part for part in (source.title, source.vintage) if part)}"


def _described(resource: Resource, table: bytes) -> dict[str, Any]:
    return {
        "profile": "tabular-data-resource",
        "name": resource.name,
        "path": resource.path,
        "title": resource.title,
        "sources": [{"title": resource.source}],
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "dialect": {"delimiter": ",", "lineTerminator": LINE_END, "quoteChar": '"', "doubleQuote": True},
        "bytes": len(table),
        "hash": f"sha256:{hashlib.sha256(table).hexdigest()}",
        "schema": resource.schema,
    }
