"""The project's sources as they are read by tests: files, what they import, their functions."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SOURCES = sorted(path for folder in ("forecaster", "models") for path in (ROOT / folder).rglob("*.py"))
MODELS = [path for path in SOURCES if "models" in path.relative_to(ROOT).parts]


def name(path: Path) -> str:
    """Name of a source under the checkout, as tests are told by."""
    return path.relative_to(ROOT).with_suffix("").as_posix()


def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def imports(tree: ast.AST) -> set[str]:
    """Names of all modules that may be imported under a node; of `from a import b` both a and a.b."""
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            names |= {node.module or ".", *(f"{node.module}.{alias.name}" for alias in node.names)}
    return names


def tops(names: set[str]) -> set[str]:
    return {name.split(".")[0] for name in names}


def at_module_level(tree: ast.Module) -> set[str]:
    """Modules imported when a module is: outside functions and outside blocks for type checkers."""
    nodes = [node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)]
    return imports(ast.Module(nodes, []))


def reached(entries: set[str]) -> set[str]:
    """All that is imported when these modules are; of other projects only what is named."""
    found, waiting = set(), set(entries)
    while waiting:
        module = waiting.pop()
        found.add(module)
        if source := source_of(module):
            waiting |= at_module_level(parsed(source)) - found
    return found


def source_of(module: str) -> Path | None:
    """File of a module of the project."""
    place = ROOT.joinpath(*module.split("."))
    return next((path for path in (place.with_suffix(".py"), place / "__init__.py") if path.is_file()), None)


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))
