"""`forecaster read` of a state's own file with the case that names it: what counts, and as what."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from forecaster.readers import preview

ROWS: list[list[object]] = [
    ["EUR million"],
    ["", 2025, 2026, 2027],
    ["Defence budget", 4500, 4800, 5100],
    ["Equipment", 1200, None, 1450.5],
    ["Personnel", 2000, 2050, 2100],
]


@pytest.fixture
def answer(root: Path, tmp_path: Path, workbook: Callable[..., Path], monkeypatch: pytest.MonkeyPatch):
    """What is understood of a workbook of rows that the case names as Austria's, with more keys."""
    names = preview.names_of(root / "inputs")
    monkeypatch.setattr(preview, "names_of", lambda _: names)

    def read(keys: str, rows: list[list[object]] = ROWS) -> preview.Answer:
        text = f'[sources.AT]\nfile = "AT.xlsx"\n{keys}\n'
        (tmp_path / "assumptions.toml").write_text(text, encoding="utf-8")
        return preview.answer(workbook(rows), root / "inputs", tmp_path)

    return read


def test_what_counts_is_shown_row_by_row(answer) -> None:
    found = answer('rows = { plan = "Defence budget", investment = "Equipment" }')
    lines = preview.lines(found)
    assert not found.problems.errors
    assert [line for line in lines if line.startswith("- ")] == [
        "- Defence budget (counts as plan)",
        "- Equipment (counts as investment)",
        "- Personnel (does not count)",
    ]
    assert lines[-3:] == [
        "AT                    2025          2026          2027",
        "plan               4,500.0       4,800.0       5,100.0",
        "investment         1,200.0             :       1,450.5",
    ]
    tables = json.loads(preview.as_json(found))["tables"]
    assert [table["counts_as"] for table in tables] == [["plan"], ["investment"], []]


def test_one_row_may_count_twice(answer) -> None:
    found = answer('rows = { investment = "Equipment", committed = "Equipment" }')
    assert "- Equipment (counts as investment, committed)" in preview.lines(found)


def test_of_a_file_of_several_states_the_one_counts(answer) -> None:
    rows = [["EUR million"], ["State", 2025, 2026, 2027], ["Malta", 1, 2, 3], ["Austria", 4, 5, 6]]
    lines = preview.lines(answer('holds = "committed"', rows))
    assert [line.split() for line in lines[-2:]] == [
        ["AT", "2025", "2026", "2027"],
        ["committed", "4.0", "5.0", "6.0"],
    ]


def test_what_a_run_would_refuse_is_told_beforehand(answer) -> None:
    found = answer('rows = { plan = "Defense budget" }')
    (problem,) = found.problems.errors
    assert problem.line.startswith("AT.xlsx: no row 'Defense budget' was found. Did you mean Defence budget?")
    assert problem.line.endswith("Correct [sources.AT].")
    assert "- Personnel (does not count)" in preview.lines(found)


def test_without_a_case_nothing_is_said_of_what_counts(root: Path, workbook: Callable[..., Path]) -> None:
    found = preview.answer(workbook(ROWS), root / "inputs")
    assert not any("count" in line for line in preview.lines(found))
    assert {tuple(table["counts_as"]) for table in json.loads(preview.as_json(found))["tables"]} == {()}
