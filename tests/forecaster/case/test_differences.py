"""What a case changes of the bundled one, as `check` and the Cover tell it."""

from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from forecaster.case import bundled_case, canonical, init, load
from forecaster.case.differences import changes
from forecaster.case.differences.from_bundled import KINDS, assumed, from_bundled
from forecaster.case.scenarios import with_combinations
from forecaster.cli import cli

NOTHING = dict.fromkeys(KINDS.values(), ())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    init(tmp_path / "case", csv=True, force=False)
    return tmp_path / "case"


def edited(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_what_init_writes_changes_nothing(folder: Path) -> None:
    assert from_bundled(load(folder)) == NOTHING
    assert from_bundled(bundled_case()) == NOTHING


@pytest.mark.parametrize(
    ("file", "old", "new", "kind", "name"),
    [
        ("assumptions.toml", "[cost.growth_median]\nvalue = 1.1", "[cost.growth_median]\nvalue = 1.2",
         "assumptions", "cost.growth_median"),
        ("assumptions.toml", "seed = 20251231", "seed = 7", "settings of the run", "seed"),
        ("scenarios.toml", "[fragmented.levers]\n", "[fragmented.levers]\nslip = 1.5\n",
         "levers of scenarios", "fragmented.levers.slip"),
        ("spending.csv", "AT,2491.2,", "AT,2491.3,", "figures", "spending, AT 2014"),
        ("plans.csv", "EUR,vote,UG14 vote,voted,yes,", "EUR,vote,UG14 vote,plan,yes,",
         "figures", "plan of AT 2025, vote: status"),
    ],
)  # fmt: skip
def test_a_change_of_any_file_is_named(
    folder: Path, file: str, old: str, new: str, kind: str, name: str
) -> None:
    edited(folder / file, old, new)
    assert from_bundled(load(folder)) == NOTHING | {kind: (name,)}


def test_a_change_of_a_line_is_named() -> None:
    assert from_bundled(load(bundled_case().folder, ["line.procurement.new=0.5"])) == NOTHING | {
        "terms of the programme": ("line[procurement].new",)
    }


def test_a_range_of_a_line_is_told_and_moves_nothing() -> None:
    case = bundled_case()
    lines = list(case.programme.lines)
    given = lines[2].ranges
    assert given is not None
    assert given.eu_share is not None
    wider = given.model_copy(update={"eu_share": given.eu_share.model_copy(update={"range": (0.1, 0.5)})})
    lines[2] = lines[2].model_copy(update={"ranges": wider})
    changed = replace(case, programme=case.programme.model_copy(update={"lines": tuple(lines)}))
    (told,) = changes(case, changed)
    assert told.what == "line[common_projects].ranges.eu_share"
    assert (told.old, told.new, told.moves) == ("0.2 to 0.5", "0.1 to 0.5", False)
    assert from_bundled(changed) == NOTHING
    assert canonical.identity(changed) != canonical.identity(case)


def test_a_judgement_on_a_line_is_assumed_otherwise_under_its_own_key() -> None:
    case = load(bundled_case().folder, ["line.common_projects.eu_share=0.4", "cost.premium=0.01"])
    assert assumed(from_bundled(case)) == {"line.common_projects.eu_share", "cost.premium"}


def test_a_list_is_one_and_words_are_none() -> None:
    case = bundled_case()
    table = case.assumptions.capacity
    committed = table.committed.model_copy(
        update={"value": tuple(0.9 * share for share in table.committed.value), "source": "Own view"}
    )
    capacity = table.model_copy(update={"committed": committed})
    changed = replace(case, assumptions=case.assumptions.model_copy(update={"capacity": capacity}))
    assert from_bundled(changed) == NOTHING | {"assumptions": ("capacity.committed",)}


def test_a_combination_of_scenarios_is_no_change() -> None:
    case = bundled_case()
    combined = replace(case, scenarios=with_combinations(case.scenarios, ("recession+rate-shock",)))
    assert combined.scenarios != case.scenarios
    assert from_bundled(combined) == NOTHING


def test_check_tells_what_was_changed_and_no_more_than_is_read(folder: Path) -> None:
    edited(folder / "scenarios.toml", "[fragmented.levers]\n", "[fragmented.levers]\nslip = 1.5\n")
    text = (folder / "gdp.csv").read_text(encoding="utf-8")
    names, *rows = (row.split(",") for row in text.splitlines())
    moved = [[code, *(str(1.01 * float(value)) for value in values if value)] for code, *values in rows]
    (folder / "gdp.csv").write_text("\n".join(map(",".join, (names, *moved))), encoding="utf-8")
    told = CliRunner().invoke(cli, ["check", str(folder)]).stdout.splitlines()
    count = sum(len(row) - 1 for row in moved)
    start = told.index("Changed from the bundled case:")
    assert told[start + 1 : start + 7] == [
        "  assumptions: 0",
        "  terms of the programme: 0",
        "  levers of scenarios: 1",
        "    fragmented.levers.slip",
        f"  figures: {count}",
        f"    gdp, AT {names[1]}",
    ]
    assert f"    and {count - 20:,} more; `forecaster compare FOLDER --output FILE.xlsx` lists all" in told
