"""`forecaster read` of a state's own file with the case that names it: what counts, and as what."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from forecaster.errors import InputError
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
    """What is understood of a workbook of rows that a case names, as Austria's unless said otherwise."""
    names = preview.names_of(root / "inputs")
    monkeypatch.setattr(preview, "names_of", lambda _: names)

    def read(
        keys: str, rows: list[list[object]] = ROWS, sources: tuple[str, ...] = ("AT",)
    ) -> preview.Answer:
        tables = (f'[sources.{code}]\nfile = "AT.xlsx"\n{keys}\n' for code in sources)
        (tmp_path / "assumptions.toml").write_text("".join(tables), encoding="utf-8")
        return preview.answer(workbook(rows), root / "inputs", tmp_path)

    return read


def errors(found: preview.Answer) -> list[str]:
    return [problem.line for problem in found.problems.errors]


def test_what_counts_is_shown_row_by_row(answer) -> None:
    found = answer('rows = { plan = "Defence budget", investment = "Equipment" }')
    lines = preview.lines(found)
    assert not errors(found)
    assert [line for line in lines if line.startswith("- ")] == [
        "- Defence budget (counts as plan)",
        "- Equipment (counts as investment)",
        "- Personnel (does not count)",
    ]
    assert lines[-3:] == [
        "AT                                2025          2026          2027",
        "plan [EUR million]             4,500.0       4,800.0       5,100.0",
        "investment [EUR million]       1,200.0             :       1,450.5",
    ]
    tables = json.loads(preview.as_json(found))["tables"]
    assert [table["counts_as"] for table in tables] == [["plan"], ["investment"], []]


def test_one_row_may_count_twice(answer) -> None:
    found = answer('rows = { investment = "Equipment", committed = "Equipment" }')
    assert "- Equipment (counts as investment, committed)" in preview.lines(found)


def test_what_counts_is_listed_first_of_many_rows(answer) -> None:
    """Twelve tables are listed; the row that counts is the last of twenty."""
    rows = [*ROWS[:2], *([f"Item {k}", 1, 2, 3] for k in range(20)), ["Total defence", 10, 20, 30]]
    lines = [
        line for line in preview.lines(answer('rows = { plan = "Total defence" }', rows)) if "- " in line
    ]
    assert lines[0] == "- Total defence (counts as plan)"


def test_each_row_has_its_own_unit(answer) -> None:
    rows = [
        ["Defence"], ["", 2025, 2026, 2027], ["Budget, EUR thousand", 4_500_000, 4_800_000, 5_100_000],
        ["Budget, % of GDP", 1.0, 1.1, 1.2],
    ]  # fmt: skip
    found = answer('rows = { plan = "Budget, % of GDP", committed = "Budget, EUR thousand" }', rows)
    assert [line.split("]")[0] for line in preview.lines(found)[-2:]] == [
        "plan [share",
        "committed [EUR million",
    ]


def test_of_a_file_of_several_states_the_one_counts(answer) -> None:
    """Its own years alone, the last six."""
    years = [*range(2024, 2032)]
    rows = [["EUR million"], ["State", *years], ["Austria", *range(8)], ["Malta", *range(10, 18), 99]]
    lines = preview.lines(answer('holds = "committed"', [*rows, ["Poland", *[1] * 8]]))
    assert [line.split() for line in lines[-2:]] == [
        ["AT", *map(str, years[2:])],
        ["committed", "[EUR", "million]", *(f"{k}.0" for k in range(2, 8))],
    ]


def test_a_state_may_be_named_in_words(answer) -> None:
    found = answer('rows = { plan = "Defence budget" }', sources=("Austria",))
    assert found.code == "AT"
    assert "- Defence budget (counts as plan)" in preview.lines(found)


def test_a_second_table_of_the_same_file_is_told(answer) -> None:
    rows = [["EUR million"], ["State", 2025, 2026, 2027], ["Malta", 1, 2, 3], ["Austria", 4, 5, 6]]
    found = answer("", rows, sources=("AT", "MT"))
    told = "AT.xlsx is read here for [sources.AT]; it is named too by [sources.MT]."
    assert f"assumptions.toml, sources: {told}" in found.problems.warnings


def test_a_table_of_no_state_is_told(answer) -> None:
    found = answer("", sources=("ZZ",))
    (line,) = errors(found)
    assert "'ZZ' is not a member state." in line
    assert found.code == ""
    assert not any("count" in one for one in preview.lines(found))


@pytest.mark.parametrize(
    ("keys", "rows", "told"),
    [
        (
            'rows = { plan = "Defense budget" }',
            ROWS,
            "no row 'Defense budget' was found. Did you mean Defence",
        ),
        ('rows = { plan = "Loss" }', [*ROWS[:2], ["Loss", -1, 2, 3]], "AT 2025 is -1. A plan is above 0"),
        ("", [["USD million"], ROWS[1], ROWS[2]], "figures in USD million cannot be used, only EUR."),
    ],
)
def test_what_a_run_would_refuse_is_told_beforehand(
    answer, keys: str, rows: list[list[object]], told: str
) -> None:
    lines = errors(answer(keys, rows))
    assert any(told in line for line in lines), lines


def test_a_mistake_in_its_table_is_all_that_is_told(answer) -> None:
    """Without the table the file could be read otherwise than a run reads it."""
    found = answer('status = "beschlossen"\nrows = { comitted = "x" }')
    assert found.understanding is None
    assert {line.split(", ")[0] for line in errors(found)} == {"assumptions.toml"}
    assert len(errors(found)) == 2


def test_a_mistake_in_the_table_of_another_file_is_not_told(answer, tmp_path: Path, root: Path) -> None:
    answer('rows = { plan = "Defence budget" }')
    with (tmp_path / "assumptions.toml").open("a", encoding="utf-8") as stream:
        stream.write('[sources.MT]\nfile = "other.xlsx"\nweight = 80\n')
    found = preview.answer(tmp_path / "AT.xlsx", root / "inputs", tmp_path)
    assert not errors(found)
    assert "- Defence budget (counts as plan)" in preview.lines(found)


def test_a_table_that_names_a_folder_too_is_told(answer, tmp_path: Path, root: Path) -> None:
    answer("")
    (tmp_path / "assumptions.toml").write_text('[sources.AT]\nfile = "case/AT.xlsx"\n', encoding="utf-8")
    (line,) = errors(preview.answer(tmp_path / "AT.xlsx", root / "inputs", tmp_path))
    assert "names a folder" in line


def test_a_table_whose_file_is_not_there_is_named(answer, tmp_path: Path, root: Path) -> None:
    answer("")
    (tmp_path / "assumptions.toml").write_text('[sources.AT]\nfile = "AT1.xlsx"\n', encoding="utf-8")
    found = preview.answer(tmp_path / "AT.xlsx", root / "inputs", tmp_path)
    (told,) = (line for line in found.problems.warnings if "no table [sources.XX]" in line)
    assert told.endswith(f"[sources.AT] names AT1.xlsx, which is not in {tmp_path.name}.")


def test_files_of_every_case_need_no_table(answer, tmp_path: Path, root: Path) -> None:
    answer("")
    (tmp_path / "budgets.xlsx").write_bytes((root / "inputs" / "budgets.xlsx").read_bytes())
    found = preview.answer(tmp_path / "budgets.xlsx", root / "inputs", tmp_path)
    assert not any("no table [sources.XX]" in line for line in found.problems.warnings)


def test_a_case_is_a_folder(workbook: Callable[..., Path], root: Path, tmp_path: Path) -> None:
    path = workbook(ROWS)
    with pytest.raises(InputError, match=r"AT\.xlsx: is a file\. A case is a folder"):
        preview.answer(path, root / "inputs", path)
    with pytest.raises(InputError, match="folder not found"):
        preview.answer(path, root / "inputs", tmp_path / "none")


def test_a_file_that_is_refused_counts_for_nothing(answer, tmp_path: Path, root: Path) -> None:
    answer("")
    (tmp_path / "AT.xlsx").write_bytes(b"no workbook")
    found = preview.answer(tmp_path / "AT.xlsx", root / "inputs", tmp_path)
    assert found.understanding is None
    assert errors(found)
    assert not found.counted


def test_without_a_case_nothing_is_said_of_what_counts(root: Path, workbook: Callable[..., Path]) -> None:
    found = preview.answer(workbook(ROWS), root / "inputs")
    assert not any("count" in line for line in preview.lines(found))
    assert all("counts_as" not in table for table in json.loads(preview.as_json(found))["tables"])
