"""A workbook for each ministry, and the options that ask for folders."""

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from commands import invoke
from invented.union import written
from recalculate import differences

from forecaster import datapackage, pipeline
from forecaster.case import Case
from forecaster.case.settings import settled
from forecaster.errors import OutputNotWritable
from forecaster.run import Run
from forecaster.sheets import checks
from forecaster.workbook import ministries

STATES = ("AL", "BO", "NO")


@pytest.fixture(scope="module")
def run(invented_union: Case) -> Run:
    return pipeline.run(settled(invented_union, paths=1024, drivers=False), workers=1)


@pytest.fixture(scope="module")
def folder(run: Run, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("books") / "ministries"
    assert ministries.write(run, folder, force=False) == tuple(f"edip-{code}.xlsx" for code in STATES)
    return folder


def values(path: Path, sheet: str) -> list[tuple[Any, ...]]:
    book = openpyxl.load_workbook(path, data_only=True)
    rows = list(book[sheet].iter_rows(values_only=True))
    book.close()
    return rows


def test_a_book_for_each_state_and_nothing_else(folder: Path) -> None:
    assert sorted(path.name for path in folder.iterdir()) == [f"edip-{code}.xlsx" for code in STATES]


def test_a_book_shows_its_state_and_the_union(folder: Path) -> None:
    path = folder / "edip-BO.xlsx"
    assert values(path, "Cover")[0][0] == "Invented Programme: Borvia"
    codes = {row[0] for row in values(path, "Strain")}
    assert {"BO", "EU"} <= codes
    assert not {"AL", "NO"} & codes
    figures = values(path, "Inputs")
    heads = next(i for i, row in enumerate(figures) if row[:2] == ("table", "code"))
    assert {row[1] for row in figures[heads + 3 :] if row[0]} == {"BO"}


def test_own_money_stands_beside_the_euro(folder: Path) -> None:
    rows = [row for row in values(folder / "edip-BO.xlsx", "Currencies") if row[0] == "BO"]
    euros, own = (
        next(row[4:14] for row in rows if row[2:4] == ("net call, mean", unit))
        for unit in ("EUR m", "million BOC")
    )
    assert own == pytest.approx([20 * amount for amount in euros])
    for code in ("AL", "NO"):
        book = openpyxl.load_workbook(folder / f"edip-{code}.xlsx", read_only=True)
        assert "Currencies" not in book.sheetnames
        book.close()


def test_controls_hold_in_every_view(run: Run) -> None:
    assert [code for code in STATES if not checks.passed(run.of(code))] == []


def test_a_book_is_the_same_whichever_states_are_asked_for(run: Run, folder: Path, tmp_path: Path) -> None:
    ministries.write(replace(run, states=("BO",)), tmp_path / "one", force=False)
    assert [path.name for path in (tmp_path / "one").iterdir()] == ["edip-BO.xlsx"]
    assert (tmp_path / "one" / "edip-BO.xlsx").read_bytes() == (folder / "edip-BO.xlsx").read_bytes()


@pytest.mark.libreoffice
@pytest.mark.parametrize("code", ["AL", "BO"])
def test_recalculation_gives_the_same_values(folder: Path, tmp_path: Path, code: str) -> None:
    count, worst, wrong = differences(folder / f"edip-{code}.xlsx", tmp_path)
    assert wrong == {}
    assert count > 500
    assert worst <= 1e-9


MADE = """
import sys
from pathlib import Path
from forecaster import datapackage, pipeline
from forecaster.case import load
from forecaster.case.settings import settled
from forecaster.workbook import ministries
case = settled(load(Path(sys.argv[1])), paths=1024, years=3, drivers=False)
run = pipeline.run(case, workers=1)
ministries.write(run, Path(sys.argv[2]), force=False)
datapackage.write(run, Path(sys.argv[2]), force=True)
"""


def test_two_processes_write_the_same_bytes(tmp_path: Path) -> None:
    """Under other hash seeds and time zones, from a case in another folder."""
    found = []
    for seed, zone in (("1", "Pacific/Kiritimati"), ("2", "America/Anchorage")):
        case, target = written(tmp_path / f"case{seed}"), tmp_path / f"out{seed}"
        environment = {**os.environ, "PYTHONHASHSEED": seed, "TZ": zone}
        environment["PYTHONPATH"] = str(Path(__file__).resolve().parents[3])
        subprocess.run([sys.executable, "-c", MADE, case, target], env=environment, check=True)
        found.append({path.name: path.read_bytes() for path in target.iterdir()})
    assert len(found[0]) == 3 + len(datapackage.file_names())
    assert found[0] == found[1]


@pytest.fixture
def quick(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """The command line gets a finished run."""
    monkeypatch.setattr(pipeline, "run", lambda *_, **__: run)


@pytest.fixture
def case_folder(tmp_path: Path) -> Path:
    return written(tmp_path / "case")


@pytest.mark.usefixtures("quick")
def test_a_run_writes_the_folders_asked_for(case_folder: Path, tmp_path: Path) -> None:
    books, tables = tmp_path / "books", tmp_path / "tables"
    options = ("--per-state", books, "--csv", tables, "-o", tmp_path / "out.xlsx")
    ended = invoke("run", case_folder, *options)
    assert ended.exit_code == 0, ended.stderr
    assert ended.stderr.splitlines()[-3:] == [
        f"Report: {tmp_path / 'out.xlsx'}",
        f"Ministries: 3 workbooks in {books}",
        f"Tables: {tables / 'datapackage.json'}",
    ]
    assert len(list(books.iterdir())) == 3
    assert len(list(tables.iterdir())) == len(datapackage.file_names())
    assert invoke("run", case_folder, *options, "--force").exit_code == 0


@pytest.mark.usefixtures("quick")
def test_the_report_is_told_though_a_folder_cannot_be_written(
    case_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OutputNotWritable("tables: cannot be written (No space left on device).")

    monkeypatch.setattr(datapackage, "write", full)
    ended = invoke("run", case_folder, "--csv", tmp_path / "tables", "-o", tmp_path / "out.xlsx")
    assert ended.exit_code == 7
    assert "Highest probability of red" in ended.stdout
    assert ended.stderr.splitlines()[-2:] == [
        f"Report: {tmp_path / 'out.xlsx'}",
        "tables: cannot be written (No space left on device).",
    ]


@pytest.mark.parametrize(("option", "name"), [("--per-state", "edip-NO.xlsx"), ("--csv", "results.csv")])
def test_what_is_there_stops_before_the_run(
    case_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, option: str, name: str
) -> None:
    monkeypatch.setattr(pipeline, "run", lambda *_, **__: pytest.fail("computed"))
    there = tmp_path / "there"
    there.mkdir()
    (there / name).write_text("mine")
    ended = invoke("run", case_folder, option, there, "-o", tmp_path / "out.xlsx")
    assert ended.exit_code == 6
    assert ended.stderr == (
        f"{there}: already holds {name}. Pass --force to replace them, or name another folder.\n"
    )
    assert (there / name).read_text() == "mine"
    assert not (tmp_path / "out.xlsx").exists()


@pytest.mark.usefixtures("quick")
def test_only_the_states_asked_for_may_be_in_the_way(case_folder: Path, tmp_path: Path) -> None:
    there = tmp_path / "there"
    there.mkdir()
    (there / "edip-NO.xlsx").write_text("mine")
    options = ("--per-state", there, "-o", tmp_path / "out.xlsx", "--quiet")
    assert invoke("run", case_folder, "--state", "NO", *options).exit_code == 6


@pytest.mark.parametrize("option", ["--per-state", "--csv"])
def test_the_case_is_no_place_for_results(case_folder: Path, tmp_path: Path, option: str) -> None:
    for folder in ([case_folder], []):  # the case that is run, and another one
        ended = invoke("run", *folder, option, case_folder, "--force", "-o", tmp_path / "out.xlsx")
        assert ended.exit_code == 2
        assert f"holds inputs of a case. Name another folder: {option}." in ended.stderr
    assert not (tmp_path / "out.xlsx").exists()
