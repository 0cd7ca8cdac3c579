"""The rules that keep the project easy to change, read from its source; each finder is shown a breach too."""

import ast
import configparser
import importlib
import re
import subprocess
import sys
from pathlib import Path

import pytest
from sources import MODELS, ROOT, SOURCES, functions, imports, name, parsed, reached, tops

STARTS = [ROOT / "forecaster" / "__init__.py", ROOT / "forecaster" / "__main__.py"]
APPLICATION = [path for path in SOURCES if path not in (*MODELS, *STARTS)]
FOLDERS = [path for path in (*APPLICATION, *MODELS) if path.stem == "__init__"]
TABLES = (
    ("models.budgets", "METHODS"),
    ("models.sensitivity", "FAMILIES"),
    ("models.metrics", "METRICS"),
    ("models.stress", "LEVERS"),
    ("forecaster.drivers.judgements", "JUDGEMENTS"),
    ("forecaster.readers.formats", "READERS"),
    ("forecaster.sheets", "SHEETS"),
    ("forecaster.verify.rules", "RULES"),
)
"""Where the project is extended: a module and the literal table at its end."""

LIMIT = 40
"""Lines that a function's body may have, its docstring aside."""


def parts_in_order() -> list[str]:
    """Files and folders of the application, as its own docstring lists them."""
    lines = (importlib.import_module("forecaster").__doc__ or "").splitlines()
    return [line.split()[0] for line in lines if line.startswith("    ")]


def part_of(path: Path) -> str:
    """File or folder of the application that a source belongs to."""
    return path.relative_to(ROOT / "forecaster").with_suffix("").parts[0]


def later_ones_used(part: str, names: set[str]) -> set[str]:
    """Parts that are imported though they come after this one."""
    order = parts_in_order()
    used = {name.split(".")[1] for name in names if name.startswith("forecaster.")} & set(order)
    return used - set(order[: order.index(part) + 1])


def length(function: ast.FunctionDef) -> int:
    """Lines of a function's body without its docstring."""
    body = function.body[1:] if ast.get_docstring(function) is not None else function.body
    return body[-1].end_lineno - body[0].lineno + 1 if body else 0


def too_long(tree: ast.AST) -> list[str]:
    return [
        f"{function.name}: {length(function)} lines"
        for function in functions(tree)
        if length(function) > LIMIT
    ]


def mapped(docstring: str) -> set[str]:
    """Files and folders that the docstring of a folder lists: names, two blanks and what they are for."""
    lines = re.findall(r"^(?:    )?([a-z_]+(?:, [a-z_]+)*)(?:$|  +\S)", docstring, flags=re.MULTILINE)
    return {name for line in lines for name in line.split(", ")}


def within(folder: Path) -> set[str]:
    """Files and folders of a folder of the application by their names, `__init__` aside."""
    files = {path.stem for path in folder.glob("*.py")}
    return (files | {path.parent.name for path in folder.glob("*/__init__.py")}) - {"__init__"}


def shadowed(tree: ast.Module, files: set[str], folder: str) -> set[str]:
    """Names in the `__init__` of a folder that are lost once a file of that name is imported.

    The file becomes an attribute of the folder; no harm is done where the name was taken from that file.
    """
    found = {node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef)}
    for node in tree.body:
        if isinstance(node, ast.ImportFrom):
            whole = {alias.name: f"{node.module}.{alias.name}" for alias in node.names}
            found |= {one for one, path in whole.items() if f"{folder}.{one}" not in {node.module, path}}
    return found & files


def undocumented(tree: ast.Module) -> list[str]:
    """Public functions and classes of a module without a docstring, methods included."""
    kinds = ast.FunctionDef | ast.ClassDef
    public = [node for node in ast.walk(tree) if isinstance(node, kinds) and not node.name.startswith("_")]
    nested = {inner for node in functions(tree) for inner in functions(ast.Module(node.body, []))}
    return [node.name for node in public if node not in nested and ast.get_docstring(node) is None]


def tracked() -> list[Path]:
    """Files that git knows, or all where the project is no checkout."""
    if not (ROOT / ".git").exists():
        return [path for path in ROOT.rglob("*") if path.is_file() and ".venv" not in path.parts]
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True)
    return [path for name in listed.stdout.split("\0") if name and (path := ROOT / name).is_file()]


def machine_paths(text: str) -> list[str]:
    """Absolute paths of somebody's machine."""
    return re.findall(
        r"(?<![\w.:/~-])/(?:home|root|Users|tmp|mnt|srv|w[o]rk)/[\w.-]+|[A-Z]:\\Users\\\w+", text
    )


@pytest.mark.parametrize("path", SOURCES, ids=name)
def test_only_the_workbook_knows_its_writer(path):
    if path.parent != ROOT / "forecaster" / "workbook":
        assert "xlsxwriter" not in tops(imports(parsed(path)))


def test_sheets_see_only_a_run():
    writers = {"xlsxwriter", "openpyxl", "click", "pathlib"}
    for path in (ROOT / "forecaster" / "sheets").rglob("*.py"):
        assert tops(imports(parsed(path))) & writers == set(), path.name


def test_the_command_line_loads_only_click():
    assert tops(reached({"forecaster.cli"})) - set(sys.stdlib_module_names) == {"forecaster", "click"}


@pytest.mark.parametrize("path", SOURCES, ids=name)
def test_functions_are_short(path):
    assert too_long(parsed(path)) == []


def test_a_long_function_is_found():
    assert too_long(ast.parse("def f():\n" + "    x = 1\n" * (LIMIT + 1))) == [f"f: {LIMIT + 1} lines"]


@pytest.mark.parametrize("path", SOURCES, ids=name)
def test_modules_are_named_for_their_subject(path):
    assert path.stem not in {"utils", "helpers", "common", "misc"}


@pytest.mark.parametrize("path", MODELS, ids=name)
def test_models_are_documented(path):
    assert undocumented(parsed(path)) == []


def test_a_missing_docstring_is_found():
    assert undocumented(ast.parse("def strain(): ...\ndef _part(): ...")) == ["strain"]


def test_the_application_says_what_each_of_its_parts_is_for():
    assert sorted(parts_in_order()) == sorted(within(ROOT / "forecaster") - {"__main__"})


@pytest.mark.parametrize("path", FOLDERS, ids=name)
def test_a_folder_has_a_function_of_its_own_or_lists_its_files(path):
    tree = parsed(path)
    listed = mapped(ast.get_docstring(tree) or "")
    if listed or len(tree.body) == 1:
        assert listed == within(path.parent)


def test_a_list_of_files_is_read():
    assert mapped("What a part is for.\n\na, b\n     both\nlong   words\nno list of it") == {"a", "b", "long"}


def test_a_sheet_is_a_file_or_a_folder_of_its_name():
    sheets = importlib.import_module("forecaster.sheets")
    assert {build.__name__ for build in sheets.SHEETS} == within(ROOT / "forecaster" / "sheets")


def test_the_package_holds_every_folder():
    setup = configparser.ConfigParser()
    setup.read(ROOT / "setup.cfg", encoding="utf-8")
    folders = {".".join(path.parent.relative_to(ROOT).parts) for path in SOURCES if path.stem == "__init__"}
    assert set(setup["options"]["packages"].split()) == folders | {"forecaster.inputs"}


@pytest.mark.parametrize("path", APPLICATION, ids=name)
def test_a_part_uses_only_those_before_it(path):
    assert later_ones_used(part_of(path), imports(parsed(path))) == set()


def test_a_use_of_a_later_part_is_found():
    names = {"forecaster", "forecaster.cli.run", "forecaster.errors", "forecaster.run", "models.sheets"}
    assert later_ones_used("run", names) == {"cli"}


@pytest.mark.parametrize("path", FOLDERS, ids=name)
def test_no_file_takes_a_name_of_its_folder_away(path):
    folder = ".".join(path.parent.relative_to(ROOT).parts)
    assert shadowed(parsed(path), within(path.parent), folder) == set()


def test_a_name_that_is_taken_away_is_found():
    breach = (
        "from models.sensitivity import swings\nfrom a.bars import bars\nfrom a import lines\ndef fits(): ..."
    )
    assert shadowed(ast.parse(breach), {"swings", "bars", "lines", "fits"}, "a") == {"swings", "fits"}


@pytest.mark.parametrize(("module", "table"), TABLES)
def test_extension_tables_exist(module, table):
    assert len(getattr(importlib.import_module(module), table)) > 1


def test_no_file_names_a_machine():
    places = {}
    for path in tracked():
        text = path.read_bytes().decode("utf-8", "ignore")
        if found := machine_paths(text) + [str(ROOT)] * (str(ROOT) in text):
            places[str(path.relative_to(ROOT))] = found
    assert places == {}


@pytest.mark.parametrize("parts", [("", "home", "ann"), ("", "tmp", "out.xlsx"), ("see ", "root", "case")])
def test_a_machine_path_is_found(parts):
    assert machine_paths("/".join(parts))
    assert machine_paths("C:\\Users\\ann")


def test_an_address_is_no_machine_path():
    assert machine_paths("https://example.org/" + "home/ann") == []
