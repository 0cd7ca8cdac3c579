"""`forecaster run`: what it prints, where the report goes, what it refuses before it computes."""

import json
import multiprocessing
import os
from dataclasses import replace
from pathlib import Path

import pytest
from commands import invoke

from forecaster import case as cases
from forecaster import pipeline
from forecaster.findings.answer import answer
from forecaster.run import Check


def test_a_run_writes_the_report_and_answers_in_five_lines(tmp_path, quick, finished):
    target = tmp_path / "out.xlsx"
    ended = invoke(
        "run", "-o", target, "--state", "DE", "--state", "Greece", "--scenario", "recession", "--seed", "7"
    )
    assert ended.exit_code == 0, ended.stderr
    assert ended.stdout.splitlines() == list(answer(finished))
    assert len(ended.stdout.splitlines()) == 5
    assert ended.stderr.splitlines() == [
        *(f"Warning: {warning}" for warning in finished.warnings),
        f"Report: {target}",
    ]
    assert [path.name for path in tmp_path.iterdir()] == ["out.xlsx"]
    asked = quick["case"].assumptions.run
    assert asked.states == ("DE", "GR")
    assert asked.scenarios == ("baseline", "recession")
    assert (asked.seed, asked.paths) == (7, 65536)


def test_many_warnings_are_counted(tmp_path, quick, finished):
    quick["run"] = replace(finished, warnings=tuple(f"warning {n}" for n in range(12)))
    lines = invoke("run", "-o", tmp_path / "out.xlsx").stderr.splitlines()
    assert lines[9:] == [
        "Warning: warning 9",
        "2 more warnings stand on the sheet Provenance.",
        f"Report: {tmp_path / 'out.xlsx'}",
    ]


@pytest.mark.usefixtures("quick")
def test_quiet_says_nothing_but_the_answer(tmp_path):
    ended = invoke("run", "--quiet", "-o", tmp_path / "out.xlsx")
    assert ended.exit_code == 0
    assert ended.stderr == ""


@pytest.mark.usefixtures("quick")
def test_json_is_an_object_with_the_report(tmp_path):
    target = tmp_path / "out.xlsx"
    ended = invoke("run", "--json", "-o", target)
    assert ended.exit_code == 0
    found = json.loads(ended.stdout)
    assert found["report"] == str(target)
    assert found["settings"]["seed"] == 20251231


@pytest.mark.parametrize(("options", "helpers"), [((), 1), (("--workers", 3), 1), (("--workers", 1), 0)])
def test_a_helper_starts_before_the_case_is_read(tmp_path, quick, monkeypatch, options, helpers):
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    assert invoke("run", *options, "-o", tmp_path / "out.xlsx").exit_code == 0
    assert len(quick["team"].processes if quick["team"] else []) == helpers
    assert multiprocessing.active_children() == []


@pytest.mark.parametrize("number", ["0", "x", "-1"])
def test_a_number_of_processes_is_looked_at_after_help_and_the_case(number):
    """A helper starts by it before that."""
    told = invoke("run", "--workers", number, "--help")
    assert told.exit_code == 0
    assert told.stdout.startswith("Usage: forecaster run")
    assert invoke("run", "nowhere", "--workers", number).exit_code == 3
    refused = invoke("run", "--workers", number)
    assert refused.exit_code == 2
    assert "--workers" in refused.stderr
    assert multiprocessing.active_children() == []


@pytest.mark.parametrize("refused", [("nowhere",), ("--state", "ZZ"), ("--set", "cost.growth=1")])
def test_a_run_that_is_refused_leaves_no_helper(tmp_path, monkeypatch, refused):
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    assert invoke("run", *refused, "-o", tmp_path / "out.xlsx").exit_code in {2, 3, 4}
    assert multiprocessing.active_children() == []


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize(("reports", "target"), [(True, "reports/edip.xlsx"), (False, "edip.xlsx")])
def test_the_report_goes_to_reports_where_there_is_such_a_folder(tmp_path, monkeypatch, reports, target):
    monkeypatch.chdir(tmp_path)
    if reports:
        Path("reports").mkdir()
    assert invoke("run").exit_code == 0
    assert Path(target).is_file()


def test_a_report_already_there_stops_before_the_run(tmp_path, monkeypatch):
    monkeypatch.setattr(pipeline, "run", lambda *_, **__: pytest.fail("computed"))
    target = tmp_path / "out.xlsx"
    target.write_bytes(b"mine")
    ended = invoke("run", "-o", target)
    assert ended.exit_code == 6
    assert ended.stderr == f"{target}: is already there. Pass --force to replace it, or another name.\n"
    assert target.read_bytes() == b"mine"


@pytest.mark.usefixtures("quick")
def test_force_replaces_a_report(tmp_path):
    target = tmp_path / "out.xlsx"
    target.write_bytes(b"old")
    assert invoke("run", "--force", "-o", target).exit_code == 0
    assert target.read_bytes() != b"old"


def test_a_place_that_cannot_be_written_stops_before_the_run(tmp_path, monkeypatch):
    monkeypatch.setattr(pipeline, "run", lambda *_, **__: pytest.fail("computed"))
    ended = invoke("run", "-o", tmp_path / "missing" / "out.xlsx")
    assert ended.exit_code == 7
    assert len(ended.stderr.splitlines()) == 1
    assert "does not exist. Create it or choose another." in ended.stderr


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="all folders are open to root")
def test_a_folder_without_permission_stops_before_the_run(tmp_path, monkeypatch):
    monkeypatch.setattr(pipeline, "run", lambda *_, **__: pytest.fail("computed"))
    (tmp_path / "closed").mkdir(mode=0o500)
    ended = invoke("run", "-o", tmp_path / "closed" / "out.xlsx")
    assert ended.exit_code == 7
    assert "Permission denied" in ended.stderr


@pytest.mark.usefixtures("quick")
def test_a_report_open_elsewhere_is_saved_under_another_name(tmp_path, monkeypatch):
    target, replace = tmp_path / "out.xlsx", Path.replace

    def held(part, place):
        if place == target:
            raise PermissionError(13, "held", str(part), None, str(place))
        return replace(part, place)

    target.write_bytes(b"old")
    monkeypatch.setattr(Path, "replace", held)
    ended = invoke("run", "--force", "-o", target)
    assert ended.exit_code == 7
    held_by = "is open in another program, or write-protected"
    assert ended.stderr == f"{target}: {held_by}. The report was saved as out-2.xlsx.\n"
    assert (tmp_path / "out-2.xlsx").is_file()


def test_an_input_is_never_taken_for_the_report(tmp_path):
    cases.init(tmp_path, csv=False, force=False)
    before = (tmp_path / "budgets.xlsx").read_bytes()
    for name in ("budgets.xlsx", "Budgets.XLSX"):  # the same file on Windows
        ended = invoke("run", tmp_path, "--force", "-o", tmp_path / name)
        assert ended.exit_code == 2
        assert "is an input of this case" in ended.stderr
    assert (tmp_path / "budgets.xlsx").read_bytes() == before


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--state", "Grece"], "'Grece' is not a state of this case. Did you mean GR?"),
        (["--state", "XX"], "'XX' is not a state of this case. `forecaster list states` shows them."),
        (["--state", "EU"], "'EU' stands for all states together; name one of them. `forecaster list"),
        (["--scenario", "recession+Recession"], "recession+recession names recession twice. Name it once"),
        (["--scenario", "recesion"], "'recesion' is not a scenario of this case. Did you mean recession?"),
        (["--paths", "1000"], "1000 is not a multiple of 1,024."),
        (["--paths", "many"], "'many' is not a whole number."),
        (["--years", "21"], "21 is too large. Allowed: at most 20."),
        (["--precision", "0,5"], "'0,5' is not a number. Write it with a decimal point."),
        (["--precision", "50"], "50.0 is too large. Allowed: at most 10."),
        (["--seed", "-1"], "-1 is too small. Allowed: at least 0."),
        (["--output", "out.csv"], "'out.csv' does not end in .xlsx."),
        (["--cluster", ""], "--cluster names no scheduler. Write its address: tls://host:port."),
        (["--output", ""], "names no workbook. Write a name that ends in .xlsx."),
        (["--scenario", "recession+"], "a name of a scenario is missing. Write one."),
        (["--scenarios", "recession"], "No such option '--scenarios'. (Did you mean one of: '--scenario'"),
    ],
)
def test_wrong_use_suggests_what_was_meant(options, told):
    ended = invoke("run", *options)
    assert ended.exit_code == 2
    assert told in ended.stderr


def test_a_failed_check_is_named_and_the_report_is_there(tmp_path, quick, finished):
    failed = Check("Lines add up", 1499.0, 1500.0, 1e-6, "EUR million", "Outlays")
    bound = Check("administration: amount", 60.0, 52.5, 1e-9, "EUR million", "Outlays", kind="at most")
    quick["run"] = replace(finished, checks=(*finished.checks, failed, bound))
    target = tmp_path / "out.xlsx"
    ended = invoke("run", "--quiet", "-o", target)
    assert ended.exit_code == 5
    assert target.is_file()
    assert ended.stderr.splitlines() == [
        f"{target}, check 'Lines add up' failed: found 1499 EUR million, expected 1500.",
        f"{target}, check 'administration: amount' failed: found 60 EUR million, expected at most 52.5.",
    ]


def test_budgets_of_another_case_are_no_place_for_a_report(folder):
    held = (folder / "budgets.xlsx").read_bytes() if (folder / "budgets.xlsx").exists() else b""
    ended = invoke("run", "--force", "-o", folder / "budgets.xlsx")
    assert ended.exit_code == 2
    assert "budgets.xlsx is an input of a case. Choose another name with --output." in ended.stderr
    assert held == ((folder / "budgets.xlsx").read_bytes() if held else b"")
    ended = invoke("compare", folder, folder, "--force", "-o", folder / "budgets.xlsx")
    assert ended.exit_code == 2
    assert "is an input of a case" in ended.stderr
