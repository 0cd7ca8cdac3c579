"""compare as a user meets it: folders and reports in, lines, JSON and a workbook out."""

import io
import json
import shutil
from dataclasses import replace
from datetime import date

import openpyxl
import pytest
from click.testing import CliRunner
from invented.union import assuming, with_levers, written
from recalculate import differences

from forecaster import pipeline, workbook
from forecaster.case import init, load
from forecaster.case.differences import changes
from forecaster.cli import cli
from forecaster.compare.bridge import Comparison, compared
from forecaster.compare.groups import MOST, grouped
from forecaster.compare.pages import book
from forecaster.compare.sides import Side, alike, side
from forecaster.compare.steps import PARTS, WHOLE
from forecaster.compare.told import LISTED, lines, listed


def invoke(*args):
    return CliRunner().invoke(cli, ["compare", *map(str, args)], prog_name="forecaster")


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    """Two cases: the second with another cost growth, a larger loan and less GDP."""
    root = tmp_path_factory.mktemp("sides")
    first = written(root / "last year", paths=1024, years=3)
    second = root / "this year"
    shutil.copytree(first, second)
    for name, old, new in (
        ("assumptions.toml", "[cost.growth_median]\nvalue = 1.1", "[cost.growth_median]\nvalue = 1.2"),
        ("safe.csv", "AL,6000", "AL,8000"),
        ("gdp.csv", "1035300", "1030000"),
    ):
        text = (second / name).read_text("utf-8")
        assert text.count(old) == 1
        (second / name).write_text(text.replace(old, new), "utf-8")
    return first, second


@pytest.fixture(scope="module")
def found(folders) -> Comparison:
    first, second = map(side, folders)
    return compared(first, second, "baseline", lambda *_: None)


def test_what_changed_is_told_with_its_bars(folders):
    ended = invoke(*folders)
    assert ended.exit_code == 0, ended.output
    assert "A: last year, figures as of 2026-01-01, 3 states" in ended.stdout
    assert "3 changes: table gdp 1, loans 1, assumptions 1." in ended.stdout
    assert "  cost.growth_median [factor]: 1.1 -> 1.2" in ended.stdout
    assert "  SAFE loan of AL: allocation [EUR m]: 6,000 -> 8,000" in ended.stdout
    assert "gdp, AL 2026 [EUR m]: 1,035,300 -> 1,030,000" in ended.stdout
    assert "gap over the years, all states [EUR m]: " in ended.stdout


def test_json_holds_every_change_and_every_bar(folders, found):
    told = json.loads(invoke(*folders, "--json").stdout)
    assert [change["what"] for change in told["changes"]] == [change.what for change in found.changes]
    assert told["changes"][0] == {
        "part": "figures.gdp",
        "what": "gdp, AL 2026",
        "unit": "EUR m",
        "old": 1035300.0,
        "new": 1030000.0,
        "old_place": "gdp.csv, N2",
        "new_place": "gdp.csv, N2",
        "moves_results": True,
    }
    for figure in told["bridge"]:
        assert figure["old"] + sum(figure["bars"].values()) == pytest.approx(figure["new"], abs=1e-9)


def test_one_side_alone_is_compared_with_the_bundled_case(tmp_path):
    init(tmp_path / "case", csv=False, force=False)
    scenarios = tmp_path / "case" / "scenarios.toml"
    text = scenarios.read_text("utf-8")
    scenarios.write_text(text.replace("joint = 0\n", "joint = 0.5\n"), "utf-8")
    ended = invoke(tmp_path / "case", "--paths", "1024", "--quiet")
    assert ended.exit_code == 0
    assert ended.stdout.splitlines()[:4] == [
        "A: bundled case, figures as of 2026-11-22, 27 states",
        "B: case, figures as of 2026-11-22, 27 states",
        "1 change: scenarios 1.",
        "  fragmented.levers.joint: 0 -> 0.5",
    ]


def test_three_sides_are_refused():
    ended = invoke("a", "b", "c")
    assert ended.exit_code == 2
    assert "two are compared, 3 were given: a, b, c." in ended.stderr


def test_a_report_is_its_case(folders, tmp_path):
    report = tmp_path / "report.xlsx"
    workbook.write(pipeline.run(load(folders[0]), workers=1), report, force=False)
    ended = invoke(folders[0], report)
    assert ended.exit_code == 0, ended.output
    assert ended.stdout.splitlines()[-1] == "Nothing differs."
    assert "cost.growth_median [factor]: 1.1 -> 1.2" in invoke(report, folders[1]).stdout


def test_a_workbook_that_is_no_report_is_refused(folders, tmp_path):
    other = tmp_path / "other.xlsx"
    openpyxl.Workbook().save(other)
    ended = invoke(folders[0], other)
    assert ended.exit_code == 3
    assert ended.stderr.startswith(f"{other}: ")
    assert "no sheet Case" in ended.stderr
    assert invoke(folders[0], tmp_path / "none").exit_code == 3


def test_the_workbook_lists_changes_and_draws_the_bridge(folders, tmp_path, found):
    target = tmp_path / "changes.xlsx"
    ended = invoke(*folders, "-o", target)
    assert ended.exit_code == 0, ended.output
    file = openpyxl.load_workbook(target, data_only=True)
    assert file.sheetnames == ["Comparison", "Changes", "Bridge", "States"]
    assert file["Comparison"]["A3"].value.startswith("Master check: PASS")
    rows = {row[1]: row for row in file["Changes"].iter_rows(values_only=True)}
    assert rows["cost.growth_median"][2:6] == ("factor", 1.1, 1.2, pytest.approx(0.1))
    assert rows["gdp, AL 2026"][6:8] == ("gdp.csv, N2", "gdp.csv, N2")
    assert len(file["Bridge"]._charts) == sum(any(bars.steps) for bars in found.union if _seen(bars))
    assert invoke(*folders, "-o", target).exit_code == 6


def _seen(bars) -> bool:
    return any(abs(step) >= 0.05 for step in bars.steps)


def test_the_workbook_has_the_same_bytes_each_time(found):
    assert book(found) == book(found)


@pytest.mark.libreoffice
def test_the_workbook_recalculates_to_what_it_says(found, tmp_path):
    target = tmp_path / "changes.xlsx"
    target.write_bytes(book(found))
    count, worst, wrong = differences(target, tmp_path)
    assert count > 50
    assert (worst <= 1e-9, wrong) == (True, {})


def test_steps_are_drawn_from_where_the_last_one_ended(found):
    file = openpyxl.load_workbook(io.BytesIO(book(found)), data_only=True)
    rows = list(file["Bridge"].iter_rows(values_only=True))
    heads = [i for i, row in enumerate(rows) if row[0] == "bar"]
    assert heads
    for start in heads:
        names = rows[start][:10]
        assert names[4:] == PARTS
        steps = rows[start + 3 : next(i for i in range(start, len(rows)) if rows[i][0] == WHOLE)]
        at = 0.0
        for _, change, begin, end, base, whole, *parts in (row[:10] for row in steps):
            assert (begin, end, whole) == (pytest.approx(at), pytest.approx(at + change), 0.0)
            above = max(base, 0.0) + sum(part for part in parts if part > 0.0)
            below = min(base, 0.0) + sum(part for part in parts if part < 0.0)
            assert above == pytest.approx(max(begin, end, 0.0))
            assert below == pytest.approx(min(begin, end, 0.0))
            at = end


def test_identical_sides_have_a_workbook_too(invented_union):
    one = Side("A", invented_union, 3, 1024, 7)
    file = openpyxl.load_workbook(
        io.BytesIO(book(compared(one, one, "baseline", lambda *_: None))), data_only=True
    )
    assert "Nothing differs." in [row[0] for row in file["Comparison"].iter_rows(values_only=True)]
    assert file["Comparison"]["A3"].value.startswith("Master check: PASS")


def test_many_changes_are_told_by_section_or_family():
    sections = {"cost": ["premium", "saving_low", "growth_low", "slip_p90"], "award": ["lag_low", "lag_high"]}
    keys = [f"assumptions.{section}.{key}" for section, names in sections.items() for key in names]
    lines = [f"programme.line.{name}" for name in ("a", "b", "c", "d", "e")]
    groups = grouped([*keys, *lines, "plans"])
    labels = [group.label for group in groups]
    assert len(groups) <= MOST
    assert "Plans" in labels
    assert frozenset(lines) not in [group.parts for group in groups] or "Programme" in labels
    assert {part for group in groups for part in group.parts} == {*keys, *lines, "plans"}


def test_everything_at_once_is_few_bars(invented_union):
    parts = [f"assumptions.{key}" for key, _ in invented_union.assumptions.entries()]
    parts += [
        f"figures.{table}"
        for table in ("spending", "gdp", "exchange", "debt", "nato_equipment", "commitments")
    ]
    parts += [
        "plans",
        "loans",
        "rules",
        "states",
        "scenarios",
        "settings.years",
        "settings.seed",
        "programme.terms",
    ]
    groups = grouped(parts)
    assert len(groups) <= MOST + 1
    assert {part for group in groups for part in group.parts} == set(parts)


def test_a_wrong_number_of_paths_is_refused():
    ended = invoke("a", "b", "--paths", "100")
    assert ended.exit_code == 2
    assert "100 is not a multiple of 1,024" in ended.stderr


def test_draws_that_are_not_bridged_are_told_all_the_same(invented_union):
    run = invented_union.assumptions.run.model_copy(update={"paths": 65536})
    more = replace(invented_union, assumptions=invented_union.assumptions.model_copy(update={"run": run}))
    sides = [
        alike(Side(name, case, 3, case.assumptions.run.paths, 7), 1024, None)
        for name, case in (("A", invented_union), ("B", more))
    ]
    found = compared(*sides, "baseline", lambda *_: None)
    assert [(change.what, change.old, change.new) for change in found.changes] == [
        ("run.paths", 4096.0, 65536.0)
    ]
    assert found.groups == ()


def test_what_is_no_number_is_told_too_and_a_year_as_one(invented_union):
    run = invented_union.assumptions.run.model_copy(update={"as_of": date(2026, 2, 1)})
    later = replace(invented_union, assumptions=invented_union.assumptions.model_copy(update={"run": run}))
    terms = later.programme.model_copy(update={"last_payment": 2034})
    tables = tuple(table.model_copy(update={"source": "elsewhere"}) for table in later.scenarios[:1])
    later = replace(later, programme=terms, scenarios=(*tables, *later.scenarios[1:]))
    sides = [Side(name, case, 3, 1024, 7) for name, case in (("A", invented_union), ("B", later))]
    told = list(lines(compared(*sides, "baseline", lambda *_: None)))
    assert told[2:6] == [
        "3 changes: settings 1, programme 1, scenarios 1.",
        "  programme.last_payment [year]: 2033 -> 2034",
        "  run.as_of: 2026-01-01 -> 2026-02-01",
        "  baseline.source: invented -> elsewhere",
    ]


def test_a_lever_of_another_scenario_is_pointed_to(invented_union):
    other = with_levers(invented_union, "squeeze", {"cost_growth": 1.2})
    sides = [Side(name, case, 3, 1024, 7) for name, case in (("A", invented_union), ("B", other))]
    told = list(lines(compared(*sides, "baseline", lambda *_: None)))
    assert told[2] == "1 change: scenarios 1."
    assert (
        "Levers of squeeze changed, the bridge is in 'baseline'. What they did: --scenario squeeze." in told
    )
    assert told[-1] == "None of these figures moves; what else the changes move stands in reports of A and B."
    told = list(lines(compared(*sides, "squeeze", lambda *_: None)))
    assert not any("What they did" in line for line in told)
    assert told[-1] != "None of these figures moves; what else the changes move stands in reports of A and B."


def test_assumed_values_of_both_sides_stand_apart(invented_union):
    other = assuming(invented_union, {"capacity.committed": (0.8, 0.7)})
    sides = [Side(name, case, 3, 1024, 7) for name, case in (("A", invented_union), ("B", other))]
    found = compared(*sides, "baseline", lambda *_: None)
    assert [(change.what, change.new) for change in found.changes] == [
        ("capacity.committed[1]", 0.8),
        ("capacity.committed[2]", 0.7),
        ("capacity.committed[3]", None),
        ("capacity.committed[4]", None),
        ("capacity.committed[5]", None),
    ]
    assert [group.label for group in found.groups] == ["capacity.committed"]


def test_of_many_changes_the_first_are_told_all_the_same(invented_union):
    """One scenario with a lever by state is more than a screen of changes: none of them had been listed."""
    case = with_levers(invented_union, "squeeze", {"budget": [0.9 + i / 1000 for i in range(20)]})
    case = assuming(case, {"cost.growth_median": 1.3})
    told = list(listed(changes(invented_union, case)))
    assert told[1].startswith("  cost.growth_median")
    assert len(told) == LISTED + 2
    assert sum(line.startswith("  squeeze.levers.") for line in told) >= LISTED - 5
    assert told[-1].endswith("more: --output writes all of them to a workbook.")


def test_a_scenario_of_one_side_is_not_advised_for_the_bridge(invented_union):
    """--scenario takes one that both sides have."""
    squeeze = next(table for table in invented_union.scenarios if table.id == "squeeze")
    new = replace(
        invented_union, scenarios=(*invented_union.scenarios, squeeze.model_copy(update={"id": "new"}))
    )
    sides = (Side(name, case, 2, 1024, 7) for name, case in (("A", invented_union), ("B", new)))
    told = list(lines(compared(*sides, "baseline", lambda *_: None)))
    assert "On one side alone: new. A report of that side shows what they do." in told
    assert not any("--scenario" in line for line in told)
