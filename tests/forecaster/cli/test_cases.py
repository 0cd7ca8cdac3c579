"""`forecaster init`, `check` and `list`: a case before it is run, and mistakes in its files."""

import re

import pytest
from commands import invoke

from forecaster.cli.choices import TABLES


def swap(path, old, new):
    text = path.read_text(encoding="utf-8")
    assert re.search(old, text, re.MULTILINE), old
    path.write_text(re.sub(old, new, text, count=1, flags=re.MULTILINE), encoding="utf-8")


MISTAKES = {
    "key misspelt": (
        "assumptions.toml",
        r"^\[cost\.growth_median\]",
        "[cost.growth_meidan]",
        4,
        r"assumptions\.toml, line \d+, cost\.growth_meidan: unknown key\. Did you mean growth_median\?",
    ),
    "unit missing": (
        "assumptions.toml",
        r'^unit = "factor"\n',
        "",
        4,
        r'assumptions\.toml, line \d+, cost\.growth_median\.unit: is missing\. Expected "factor"\.',
    ),
    "TOML syntax": (
        "programme.toml",
        "amount = 240.0",
        "amount = 240,0",
        4,
        r"programme\.toml, line \d+, column \d+: not valid TOML: .+",
    ),
    "state missing": ("spending.csv", r"^PL,.*\n", "", 3, r"spending\.csv.*PL.*"),
    "text": ("spending.csv", r"^(PL,[^,]*,)[^,]*", r"\1abc", 3, r"spending\.csv, .*'abc' is not a number.*"),
    "negative": ("spending.csv", r"^(PL,[^,]*,)", r"\1-", 3, r"spending\.csv, .*-.*"),
}
"""File, pattern, replacement, exit code, line."""


@pytest.mark.parametrize("mistake", MISTAKES)
@pytest.mark.parametrize("command", ["run", "check"])
def test_a_mistake_in_a_file_is_one_line(folder, tmp_path, command, mistake):
    file, old, new, code, line = MISTAKES[mistake]
    swap(folder / file, old, new)
    before = sorted(tmp_path.rglob("*"))
    options = ["-o", tmp_path / "out.xlsx"] if command == "run" else []
    ended = invoke(command, folder, *options)
    assert ended.exit_code == code
    assert re.fullmatch(line, ended.stderr.rstrip("\n"))
    assert ended.stdout == ""
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize(("file", "code"), [("gdp.csv", 3), ("states.csv", 3), ("scenarios.toml", 4)])
def test_a_missing_file_is_one_line(folder, tmp_path, file, code):
    (folder / file).unlink()
    ended = invoke("run", folder, "-o", tmp_path / "out.xlsx")
    assert ended.exit_code == code
    assert re.fullmatch(rf"{file}: not found.*", ended.stderr.rstrip("\n"))
    assert not (tmp_path / "out.xlsx").exists()


def test_check_says_what_a_case_holds(folder):
    swap(folder / "assumptions.toml", "seed = 20251231", "seed = 7")
    (folder / "notes.csv").write_text("mine\n", encoding="utf-8")
    ended = invoke("check", folder)
    assert ended.exit_code == 0, ended.stderr
    lines = ended.stdout.splitlines()
    assert (
        "States: 27 (AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK)"
        in lines
    )
    assert "Years: 2026 to 2035; base year 2025; inputs as of 2026-11-22" in lines
    assert lines[lines.index("    seed") - 1] == "  settings of the run: 1"
    assert "  procurement: amount 240, at least 180 EUR million (Article 3(4)): holds" in lines
    assert lines[-3] == "Warnings: 2"
    assert lines[-2].startswith("  notes.csv")
    assert lines[-1] == "  MT: no budget voted, estimated or planned for 2026; forecast from its history."


def test_check_fails_where_the_law_does(folder):
    swap(folder / "programme.toml", "amount = 240.0", "amount = 140.0")
    swap(folder / "programme.toml", "amount = 440.0", "amount = 540.0")
    ended = invoke("check", folder)
    assert ended.exit_code == 5
    assert ended.stderr == (
        "Regulation (EU) 2025/2643 of 16 December 2025 does not allow: "
        "procurement: amount 140, at least 180 EUR million (Article 3(4)).\n"
    )
    assert "  procurement: amount 140, at least 180 EUR million (Article 3(4)): DOES NOT HOLD" in ended.stdout


def test_init_writes_a_case_and_replaces_nothing(tmp_path):
    folder = tmp_path / "case"
    assert invoke("init", folder).exit_code == 0
    assert sorted(path.name for path in folder.iterdir()) == [
        "README.md",
        "assumptions.toml",
        "budgets.xlsx",
        "programme.toml",
        "scenarios.toml",
    ]
    again = invoke("init", folder)
    assert again.exit_code == 6
    assert len(again.stderr.splitlines()) == 1
    assert invoke("init", folder, "--force", "--csv").exit_code == 0
    assert (folder / "spending.csv").is_file()


def test_a_name_with_blanks_can_be_copied_from_the_advice(tmp_path):
    folder = tmp_path / "ein Ordner"
    assert f'`forecaster check "{folder}"` and `forecaster run "{folder}"`' in invoke("init", folder).stderr
    missing = tmp_path / "kein Ordner"
    told = f'{missing}: folder not found. Write one with: forecaster init "{missing}"\n'
    assert invoke("check", missing).stderr == told


@pytest.mark.parametrize(
    ("what", "name"),
    [
        ("states", "GR"),
        ("scenarios", "recession"),
        ("metrics", "strain"),
        ("levers", "investment_share"),
        ("methods", "pooled"),
        ("sheets", "Summary"),
    ],
)
def test_list_names_what_there_is(what, name):
    ended = invoke("list", what)
    assert ended.exit_code == 0, ended.stderr
    rows = [line.split(maxsplit=1) for line in ended.stdout.splitlines()]
    assert name in [row[0] for row in rows]
    assert all(len(row) == 2 for row in rows)


def test_help_of_list_breaks_no_name_that_may_be_listed():
    words = re.findall(r"\w+", invoke("list", "--help").stdout)
    assert set(TABLES) <= set(words)


def test_list_tells_what_may_be_meant():
    ended = invoke("list", "state")
    assert ended.exit_code == 2
    assert "'state' is not one of" in ended.stderr
    assert ended.stderr.rstrip().endswith("Did you mean states?")


def test_list_reads_the_case_that_is_given(folder):
    swap(folder / "scenarios.toml", r"\[consolidation(\.levers)?\]", r"[slump\1]")
    swap(folder / "scenarios.toml", r"\[consolidation\.levers\]", "[slump.levers]")
    assert "slump" in invoke("list", "scenarios", folder).stdout
