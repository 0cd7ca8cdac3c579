"""Models are pure and the simulated path has the same bits everywhere; each finder is shown a breach too."""

import ast
import builtins
from collections.abc import Iterator
from pathlib import Path

import pytest
from sources import MODELS, functions, imports, name, parsed, reached, source_of, tops

PURE = {
    "collections",
    "dataclasses",
    "enum",
    "functools",
    "hashlib",
    "itertools",
    "math",
    "operator",
    "threading",
    "types",
    "typing",
    "warnings",
}
"""What models may use of the standard library: nothing that reads a file, a clock or the environment."""

ENTRIES = {"models.simulation", "models.tally"}
"""Where a simulation starts: these and all models they import must have the same bits on every processor."""

UNSTABLE = {
    "cbrt",
    "cos",
    "dot",
    "einsum",
    "exp",
    "exp2",
    "expm1",
    "float_power",
    "inner",
    "linalg",
    "log",
    "log10",
    "log1p",
    "log2",
    "logaddexp",
    "matmul",
    "pow",
    "power",
    "sin",
    "special",
    "tan",
    "tanh",
    "tensordot",
    "vdot",
}
"""Functions whose last bit differs between processors or library versions, by the name they go by."""

OF_NUMPY = {"philox": ["exp", "log1p", "log1p"]}
"""What numpy itself does for one normal in a hundred, done here so that the numbers are numpy's: `exp` only
decides whether a number is taken, `log1p` makes one in 4,000."""


def on_the_path() -> list[Path]:
    """Models of the simulated path; tables are made before it."""
    return sorted(source for module in reached(ENTRIES) - {"models.tables"} if (source := source_of(module)))


def impure(tree: ast.AST) -> set[str]:
    """Imports that models must not have; `models.compiled` alone has numba besides."""
    return tops(imports(tree)) - {"models", "numpy", "scipy", "statsmodels"} - PURE


def compiled_beside(tree: ast.AST) -> dict[str, str]:
    """Functions of which Python has the plain one too: name of the loop -> name of the function."""
    found = {}
    for node in ast.walk(tree):
        match node:
            case ast.Assign([ast.Name(loop)], ast.Call(ast.Name("compiled"), [ast.Name(function)])):
                found[loop] = function
    return found


def loops(tree: ast.AST) -> list[ast.FunctionDef]:
    """Functions that are compiled."""
    beside = set(compiled_beside(tree).values())
    return [
        function
        for function in functions(tree)
        if function.name in beside
        or any(isinstance(one, ast.Name) and one.id == "compiled" for one in function.decorator_list)
    ]


def called_from_afar(tree: ast.AST) -> set[str]:
    """What loops call that is neither Python's, nor numpy's, nor a loop of the same file."""
    beside = compiled_beside(tree)
    near = {loop.name for loop in loops(tree)} - set(beside.values()) | set(beside) | set(dir(builtins))
    calls = [node.func for loop in loops(tree) for node in ast.walk(loop) if isinstance(node, ast.Call)]
    return {function.id for function in calls if isinstance(function, ast.Name)} - near


def read_from_afar(tree: ast.AST) -> set[str]:
    """What the bodies of loops read that the file imports, numpy aside: constants are kept as they were."""
    nodes = [node for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom)]
    imported = {alias.asname or alias.name for node in nodes for alias in node.names} - {"np"}
    bodies = [node for loop in loops(tree) for line in loop.body for node in ast.walk(line)]
    return {node.id for node in bodies if isinstance(node, ast.Name)} & imported


def unstable(tree: ast.AST) -> Iterator[str]:
    """Operations on the path whose bits depend on the machine, with their lines."""
    for node in ast.walk(tree):
        match node:
            case ast.BinOp(left=ast.Constant(), right=ast.Constant()):
                continue  # folded before anything runs
            case ast.BinOp(op=ast.Pow() | ast.MatMult()) | ast.AugAssign(op=ast.Pow() | ast.MatMult()):
                yield f"line {node.lineno}: {type(node.op).__name__}"
            case ast.Attribute(value=ast.Name(id="np" | "numpy" | "math" | "scipy"), attr=part) if (
                part in UNSTABLE
            ):
                yield f"line {node.lineno}: {part}"
            case ast.Attribute(attr="dot"):
                yield f"line {node.lineno}: dot"
            case ast.ImportFrom(module="math" | "numpy" | "scipy", names=aliases):
                yield from (
                    f"line {node.lineno}: {alias.name}" for alias in aliases if alias.name in UNSTABLE
                )


@pytest.mark.parametrize("path", MODELS, ids=name)
def test_models_import_only_what_is_pure(path):
    assert impure(parsed(path)) == {"compiled": {"numba"}, "philox": {"numba"}}.get(path.stem, set())


@pytest.mark.parametrize("path", MODELS, ids=name)
def test_loops_call_only_loops_of_their_own_file(path):
    """Machine code that is kept is made again when its own file changes, not when another does."""
    assert called_from_afar(parsed(path)) == set()
    assert read_from_afar(parsed(path)) == set()


def test_a_call_from_afar_is_found():
    breach = "@compiled\ndef f(x):\n    return g(x) + h(x) + abs(x) + np.rint(x)\n@compiled\ndef h(x): ..."
    assert called_from_afar(ast.parse(breach)) == {"g"}


def test_what_is_read_from_afar_is_found():
    breach = "from a import B\nimport c\nD = 1\n@compiled\ndef f(x: B):\n    return x * D + B * c.e + np.pi"
    assert read_from_afar(ast.parse(breach)) == {"B", "c"}


def test_a_call_from_a_function_that_python_has_too_is_found():
    breach = "def f(x):\n    return g(x)\n_f = compiled(f)\n@compiled\ndef h(x):\n    return _f(x) + f(x)"
    assert [loop.name for loop in loops(ast.parse(breach))] == ["f", "h"]
    assert called_from_afar(ast.parse(breach)) == {"f", "g"}


def test_loops_are_found():
    assert sum(len(loops(parsed(path))) for path in MODELS) > 20


@pytest.mark.parametrize(
    "breach", ["import pandas as pd", "from forecaster.case import Case", "def f():\n import os"]
)
def test_an_impure_import_is_found(breach):
    assert impure(ast.parse(breach))


def test_the_path_is_found():
    assert {path.stem for path in on_the_path()} >= {
        "simulation",
        "economy",
        "capacity",
        "outlays",
        "strain",
        "tally",
    }


@pytest.mark.parametrize("path", on_the_path(), ids=name)
def test_the_path_is_bit_stable(path):
    found = [operation.split()[-1] for operation in unstable(parsed(path))]
    assert sorted(found) == OF_NUMPY.get(path.stem, [])


@pytest.mark.parametrize(
    "breach",
    [
        "y = np.exp(x)",
        "y = x ** 2",
        "y **= 2",
        "y = a @ b",
        "y = a.dot(b)",
        "y = np.linalg.cholesky(a)",
        "from math import log",
    ],
)
def test_an_unstable_operation_is_found(breach):
    assert list(unstable(ast.parse(breach)))
