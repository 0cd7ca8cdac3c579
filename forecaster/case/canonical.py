"""The canonical form of a case: a few files whose text says all that a run starts from, and nothing else.

The same text makes the run id, stands in the workbook and is written out by `forecaster reproduce`; read as a
case, it is the same case, with every number's origin as it was.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import fields, replace

from forecaster.case.case import Case
from forecaster.errors import Problems
from forecaster.figures import RECORDS, csv_text
from forecaster.readers.own.canonical import ORIGIN, ORIGIN_SOURCES, WARNINGS, Origin, Stored, Warned
from forecaster.toml import ASSUMPTIONS, PROGRAMME, SCENARIOS, TOML_FILES, writing

HEADING = "Written by forecaster from a case as it was run: every value, defaults included, without comments."
NAMES = (
    *TOML_FILES,
    ORIGIN_SOURCES,
    *(f"{name}.csv" for name in RECORDS),
    WARNINGS,
    ORIGIN,
)
"""Files of the canonical form, in order."""

PLACES = frozenset({"unit", "factor", "flag", "raw", "file", "sha256", "sheet", "cell"})
"""Fields that say where a number comes from: they may differ where the numbers are the same."""


def files(case: Case) -> dict[str, str]:
    """Name -> text of each file, in an order that does not change."""
    content = _content(case)
    origins = [Origin("read", name, sha256) for name, sha256 in case.files.items()]
    origins += [Origin("written", name, sha256(text)) for name, text in content.items()]
    return {**content, ORIGIN: csv_text.text(Origin, origins)}


def written(origin: str) -> dict[str, str]:
    """Name -> SHA-256 of the other files, from the text of the file ORIGIN."""
    found = csv_text.parsed(Origin, origin, ORIGIN, Problems())
    return {one.name: one.sha256 for one in found if one.kind == "written"}


def sha256(text: str) -> str:
    """SHA-256 of a text."""
    return hashlib.sha256(text.encode()).hexdigest()


def identity(case: Case) -> str:
    """SHA-256 of the canonical form: the same for cases that give the same report."""
    return sha256(files(case)[ORIGIN])


def run_id(identity: str, version: str) -> str:
    """First 12 hex digits of the SHA-256 of the canonical case, its settings included, and the version."""
    return sha256(f"{identity}\n{version}")[:12]


def substance(case: Case) -> str:
    """SHA-256 of figures, plans, assumptions, lines and scenarios.

    The same from whatever files they are read; paths, seed and what is shown are left out too.
    """
    kept = {"base_year", "as_of"}
    run = {"run": {key: value for key, value in case.assumptions.run if key in kept}}
    content = {
        **_tomls(case),
        ASSUMPTIONS: writing.document(HEADING, {**_assumptions(case), **run}),
        **{f"{name}.csv": _numbers(case, name, kind) for name, kind in RECORDS.items()},
    }
    return sha256("\n".join(f"{name} {sha256(text)}" for name, text in sorted(content.items())))


def carried(case: Case, stored: Stored) -> Case:
    """A case read from its canonical form, with the files and warnings of the case it was written from.

    What was changed since is told and goes by its own fingerprint.
    """
    was = {one.name: one.sha256 for one in stored.origins if one.kind == "written"}
    own = {name: sha256(text) for name, text in _content(_as_stored(case, stored)).items()}
    changed = {name: own[name] for name in own if own[name] != was.get(name) and name != WARNINGS}
    told = [_CHANGED.format(name) for name in changed if name.endswith(".csv")]
    sources = {**stored.sources, **case.assumptions.sources}
    return replace(
        case,
        assumptions=case.assumptions.model_copy(update={"sources": sources}),
        files=dict(sorted({**case.budgets.files, **changed}.items())),
        warnings=(*stored.warnings, *told, *case.warnings),
    )


def _as_stored(case: Case, stored: Stored) -> Case:
    """The case before sources of its own were read."""
    assumptions = case.assumptions.model_copy(update={"sources": stored.sources})
    return replace(case, budgets=stored.budgets, assumptions=assumptions)


_CHANGED = (
    "{}: changed since it was written from a report. A place given for a changed figure is where the "
    "figure before it stood."
)


def _content(case: Case) -> dict[str, str]:
    tables = {f"{name}.csv": text for name, text in case.budgets.texts.items()}
    warnings = csv_text.text(Warned, map(Warned, case.warnings))
    return {**_tomls(case), **tables, WARNINGS: warnings}


def _tomls(case: Case) -> dict[str, str]:
    """Text of the TOML files; the sources that were read stand apart, as their figures are here."""
    programme = case.programme.model_dump(exclude_none=True)
    lines = programme.pop("lines")
    sources = {
        code: source.model_dump(exclude_none=True) for code, source in case.assumptions.sources.items()
    }
    scenarios = {table.id: table.model_dump(exclude={"id"}) for table in case.scenarios}
    tables: dict[str, Mapping[str, object]] = {
        ASSUMPTIONS: _assumptions(case),
        PROGRAMME: {"programme": programme, "line": lines},
        SCENARIOS: scenarios,
        ORIGIN_SOURCES: {"sources": sources},
    }
    return {name: writing.document(HEADING, table) for name, table in tables.items()}


def _assumptions(case: Case) -> dict[str, object]:
    return case.assumptions.model_dump(exclude={"sources"}, exclude_none=True)


def _numbers(case: Case, name: str, kind: type) -> str:
    """Text of the records of a part in an order of their own, without where they come from."""
    kept = [field.name for field in fields(kind) if field.name not in PLACES]
    lines = (repr([getattr(record, name) for name in kept]) for record in getattr(case.budgets, name))
    return "\n".join(sorted(lines))
