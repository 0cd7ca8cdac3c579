"""What the documents promise is there: commands, exit codes, sheets, files; what is there has its words."""

import re
import shlex
import textwrap
import tomllib
from collections.abc import Iterator
from configparser import ConfigParser
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from forecaster import case, errors
from forecaster.cli import cli
from forecaster.cli.choices import TABLES
from forecaster.readers.mapping import Mapping
from forecaster.readers.own.tables import TABLES as INPUT_TABLES

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
DOCUMENTS = (
    "README.md",
    "CONTRIBUTING.md",
    "CHANGELOG.md",
    "reports/README.md",
    "inputs/README.md",
    "models/FORECASTING.md",
    "models/STRAIN.md",
)


def commands(group: click.Group) -> Iterator[click.Command]:
    yield group
    for command in group.commands.values():
        yield from commands(command) if isinstance(command, click.Group) else [command]


def shown(text: str) -> list[list[str]]:
    """Arguments of each `forecaster` command in the indented blocks of a document, in its order."""
    lines = re.findall(r"^    (?:\.venv\\Scripts\\)?forecaster (.+)$", text, flags=re.MULTILINE)
    return [shlex.split(line.replace("\\", "/")) for line in lines]


def rows(text: str, heading: str) -> list[list[str]]:
    """Cells of the table below a header row."""
    table = text.split(heading, 1)[1].split("\n\n", 1)[0].splitlines()[2:]
    return [[cell.strip(" `") for cell in line.strip("|").split("|")] for line in table]


@pytest.mark.parametrize("command", list(commands(cli)), ids=lambda command: command.name)
def test_commands_and_options_have_help(command):
    assert command.help
    for parameter in command.params:
        if isinstance(parameter, click.Option):
            assert parameter.help, parameter.name
        else:
            for name in parameter.make_metavar(click.Context(command)).split():
                assert name.strip("[]{}").split("|")[0] in command.help


def test_commands_of_the_readme_work_in_its_order(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    lines = shown(README)
    assert {line[0] for line in lines} >= {"run", "init", "check", "list", "--help"}
    for line in lines:
        if line[0] in {"run", "verify", "reproduce", "compare", "explain"}:
            cli.commands[line[0]].make_context(line[0], line[1:])
        else:
            answer = CliRunner().invoke(cli, line)
            assert answer.exit_code == 0, f"{line}: {answer.output}"
            assert answer.stdout


def test_sources_in_the_readme_are_understood():
    (block,) = re.findall(r"(^    \[sources.*\n(?:^    .*=.*\n)+)", README, flags=re.MULTILINE)
    for source in tomllib.loads(textwrap.dedent(block))["sources"].values():
        assert Mapping.model_validate(source)


def test_what_is_installed_without_network_is_this_package():
    package = ConfigParser()
    package.read(ROOT / "setup.cfg", encoding="utf-8")
    name, extras = package["metadata"]["name"], package["options.extras_require"]
    assert f"--find-links wheels {name}\n" in README
    asked = re.findall(rf'"(?:\.|{name})\[([\w,]+)\]"', README)
    assert len(asked) == 2
    assert {extra for one in asked for extra in one.split(",")} <= set(extras)


def test_make_commands_of_the_documents_exist():
    targets = set(re.findall(r"^(\w+):", (ROOT / "Makefile").read_text(encoding="utf-8"), flags=re.MULTILINE))
    for name in DOCUMENTS:
        asked = re.findall(r"(?:    |`)make (\w+)", (ROOT / name).read_text(encoding="utf-8"))
        assert set(asked) <= targets, name


def test_a_cluster_is_timed_with_the_settings_that_are_asked_of_users():
    """Dask reads DASK_DISTRIBUTED__WORKER__PROFILE__ENABLED as distributed.worker.profile.enabled."""
    contributing, bench = (
        (ROOT / name).read_text(encoding="utf-8") for name in ("CONTRIBUTING.md", "tests/benchmarks/runs.py")
    )
    timed = re.findall(r'"distributed\.([a-z.-]+)": "?(\w+)"?,', bench)
    assert timed
    for name, value in timed:
        variable = name.replace(".", "__").replace("-", "_").upper()
        assert f"DASK_DISTRIBUTED__{variable}={value}" in contributing


def test_exit_codes_of_readme_help_and_errors_agree():
    codes = {int(code) for code, _ in rows(README, "| code | means |")}
    told = {int(code) for code in re.findall(r"^ +(\d+)  ", cli.epilog, flags=re.MULTILINE)}
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, Exception)]
    assert codes == told
    assert codes >= {kind.exit_code for kind in kinds if hasattr(kind, "exit_code")}


def test_every_sheet_is_described_where_workbooks_are():
    described = [
        name
        for name, _ in rows((ROOT / "reports/README.md").read_text(encoding="utf-8"), "| sheet | holds |")
    ]
    assert described == list(TABLES["sheets"](case.bundled_case()))


def test_the_readme_knows_every_sheet():
    named = {name for names, _ in rows(README, "| sheet | answers |") for name in names.split(", ")}
    assert named == set(TABLES["sheets"](case.bundled_case()))


@pytest.mark.parametrize("what", TABLES)
def test_everything_listed_has_words(what):
    bundled = case.bundled_case()
    assert all(TABLES[what](bundled).values())


def test_every_scenario_says_what_it_asks():
    for scenario in case.bundled_case().scenarios:
        assert scenario.asks.rstrip().endswith((".", "?")), scenario.id


def test_every_input_is_described():
    text = (ROOT / "inputs/README.md").read_text(encoding="utf-8")
    tables = [table.name for table in INPUT_TABLES]
    assert [name for name in (*tables, "programme", "assumptions", "scenarios") if name not in text] == []


@pytest.mark.parametrize("document", DOCUMENTS)
def test_files_named_in_documents_exist(document):
    text = (ROOT / document).read_text(encoding="utf-8")
    places = re.findall(r"`((?:forecaster|models|inputs|reports|tests)/[\w/.-]*)`", text)
    made = {"reports/edip.xlsx", "reports/bench.json"}
    assert [place for place in places if place not in made and not (ROOT / place).exists()] == []
