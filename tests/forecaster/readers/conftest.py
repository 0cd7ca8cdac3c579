"""Files for the readers, made on the spot: a case of two states, workbooks and text tables."""

import csv
from collections.abc import Callable, Collection
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook

from forecaster.errors import Problems
from forecaster.figures import Budgets
from forecaster.readers import read_budgets
from forecaster.readers.combine import combined
from forecaster.readers.formats import understood
from forecaster.readers.mapping import Mapping
from forecaster.readers.names import Names
from forecaster.readers.own.tables import TABLES, Table
from forecaster.readers.preview import names_of
from forecaster.readers.understanding import Context

Plan = tuple[dict[int, float], list[str], list[str]]
"""Year -> value, error lines, warnings."""

STATES = [
    ["AT", "Austria", "Österreich", "EUR", "no", "yes", "yes"],
    ["GR", "Greece", "EL;Hellas", "EUR", "yes", "yes", "yes"],
]


def wide_rows(table: Table, value: str = "100") -> list[list[str]]:
    first, last = table.needed or (2024, 2025)
    years = [str(year) for year in range(first, last + 1)]
    return [["code", *years], *([state[0], *[value] * len(years)] for state in STATES)]


def list_rows(table: Table) -> list[list[str]]:
    filled = {
        "states": STATES,
        "rules": [
            ["AT", "2026-02-17", "2028-12-31", "open", "2025-07-08", "", "x"],
            ["GR", "", "", "none", "", "", "x"],
        ],
        "plans": [
            ["GR", "2026", "7100", "7100", "EUR", "vote", "vote", "voted", "yes", "", "2025-12", "x", "C"]
        ],
        "safe": [["GR", "787.7", "yes", "treasury", "approved", "x"]],
        "sources": [[one.name, "Somebody", "Title", "2026", "2026-01-01", "d", "t", ""] for one in TABLES],
    }
    return [[column.name for column in table.columns], *filled.get(table.name, [])]


def write_csv(path: Path, rows: list[list[str]], delimiter: str = ",") -> None:
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream, delimiter=delimiter, lineterminator="\n").writerows(rows)


@pytest.fixture(scope="session")
def names(root: Path) -> Names:
    """The states of the bundled case."""
    return names_of(root / "inputs")


@pytest.fixture
def case(tmp_path: Path) -> Path:
    """Folder with all tables of a small union as CSV."""
    for table in TABLES:
        write_csv(tmp_path / f"{table.name}.csv", wide_rows(table) if table.wide else list_rows(table))
    return tmp_path


@pytest.fixture
def change(case: Path) -> Callable[..., None]:
    """Replace text in a table: change("spending", "100", "abc", line=1)."""

    def apply(table: str, old: str, new: str, line: int = 1, times: int = 1) -> None:
        path = case / f"{table}.csv"
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
        assert old in lines[line]
        lines[line] = lines[line].replace(old, new, times)
        path.write_text("".join(lines), encoding="utf-8")

    return apply


@pytest.fixture
def read() -> Callable[..., tuple[Budgets, list[str], list[str]]]:
    """Read a case, with files of states in small letters: budgets, error lines, warning lines."""

    def apply(folder: Path, own: Collection[str] = ()) -> tuple[Budgets, list[str], list[str]]:
        problems = Problems()
        budgets = read_budgets(folder, problems, own)
        return budgets, [problem.line for problem in problems.errors], list(problems.warnings)

    return apply


@pytest.fixture
def workbook(tmp_path: Path) -> Callable[..., Path]:
    """Write rows as a sheet of a workbook: workbook([[...]], "PL.xlsx", sheet="Budget")."""

    def apply(rows: list[list[object]], name: str = "AT.xlsx", sheet: str = "Budget") -> Path:
        book = Workbook()
        book.active.title = sheet
        for row in rows:
            book.active.append(row)
        book.save(tmp_path / name)
        return tmp_path / name

    return apply


@pytest.fixture
def polish(names: Names, workbook: Callable[..., Path]) -> Callable[..., Plan]:
    """Year -> value of a Polish workbook of these rows; error lines; warnings."""

    def apply(rows: list[list[object]], mapping: Mapping | None = None, merged: tuple[str, ...] = ()) -> Plan:
        path = workbook(rows, "PL.xlsx")
        book = load_workbook(path)
        for area in merged:
            book.active.merge_cells(area)
        book.save(path)
        problems = Problems()
        found = understood(path, Context(names, problems, mapping, "PL"))
        values = {int(one.item): one.value for block in found.blocks for one in block.figures}
        return values, [problem.line for problem in problems.errors], list(problems.warnings)

    return apply


@pytest.fixture(scope="module")
def bundled(root):
    return read_budgets(root / "inputs", Problems())


@pytest.fixture
def combine(bundled, tmp_path):
    """Read the bundled case with sources: budgets, error lines, warnings."""

    def apply(sources: dict[str, Mapping], folder: Path = tmp_path):
        problems = Problems()
        found = combined(bundled, sources, folder, 2025, problems)
        return found, [problem.line for problem in problems.errors], list(problems.warnings)

    return apply
