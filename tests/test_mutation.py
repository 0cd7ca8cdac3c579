"""The driver of `make mutants` on a project of one module: what is planted is found, what is equal passes."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

DRIVER = Path(__file__).parent / "mutation"
MODULE = """
SHARE = 0.5
TABLE = {"half": lambda x: SHARE * x, "same": lambda x: x}
def loss(x: float, limit: float) -> float:
    return max(x - limit, 0.0)
"""
TESTS = """
from small import TABLE, loss
def test_losses():
    assert (loss(3.0, 1.0), loss(0.0, 1.0)) == (2.0, 0.0)
def test_tables():
    assert TABLE["half"](3.0) == 1.5
"""
CALL = """
import json, sys
from pathlib import Path
sys.path[:0] = sys.argv[1:3]
from judge import judge
from planting import Case
root, found = Path(sys.argv[2]), {}
cases = [Case("small", root / "small.py", text) for text in json.loads(sys.argv[3])]
judge(cases, [str(root)], root, lambda index, verdict: found.update({index: (verdict.outcome, verdict.by)}))
print(json.dumps([found[index] for index in range(len(cases))]))
"""


def mutated(before: str, after: str) -> str:
    assert MODULE.count(before) == 1
    return MODULE.replace(before, after)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="mutants are judged in forks")
def test_a_planted_mistake_is_found_and_an_equal_text_passes(tmp_path):
    (tmp_path / "small.py").write_text(MODULE, "utf-8")
    (tmp_path / "test_small.py").write_text(TESTS, "utf-8")
    texts = (
        mutated("x - limit", "x + limit"),  # in a function
        mutated("SHARE * x", "SHARE + x"),  # in a table made at import
        mutated("SHARE = 0.5", "SHARE = 0.6"),  # at import
        mutated("x - limit", "-(limit - x)"),
        mutated("SHARE = 0.5", "SHARE = 1.0 / 2.0"),
        mutated('"same": lambda x: x', '"same": lambda x: 2.0 * x'),  # nobody tests it
    )
    done = subprocess.run(
        [sys.executable, "-c", CALL, DRIVER, tmp_path, json.dumps(texts)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == [
        ["killed", "test_small.py::test_losses AssertionError"],
        ["killed", "test_small.py::test_tables AssertionError"],
        ["killed", "test_small.py::test_tables AssertionError"],
        *[["survived", ""]] * 3,
    ]


def test_mistakes_of_each_kind_are_planted(monkeypatch):
    monkeypatch.syspath_prepend(DRIVER)
    from mutants import mutants, types_of

    def found(text: str) -> set[str]:
        return {mutant.after for mutant in mutants(text, types_of([MODULE]))}

    assert found("a - b") == {"a + b", "a", "b"}
    assert found("a >= 2") == {"a > 2", "a < 2", "3", "1"}
    assert found("x = a and not b") == {"a or not b", "a", "not b", "b"}
    assert found("if a:\n    total += b") == {"True", "False", "total -= b", "pass"}
    assert found("x = a if b else c") == {"a", "c"}
    assert found("x = max(a, 0.0)") == {"min(a, 0.0)", "a", "0.0", "1.0", "-1.0"}
    assert found("x = loss(a, b)") == {"loss(b, a)"}
    assert found("x = np.zeros(n), True") == {"(True, np.zeros(n))", "np.ones(n)", "False"}
    assert found('"""Text."""\nx: Literal[1] = "long text"\n@f(2)\ndef g(): ...') == set()


def test_a_line_without_anything_to_change_is_told():
    done = subprocess.run([sys.executable, DRIVER, "strain:1"], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "no mistake can be planted in strain:1" in done.stderr
