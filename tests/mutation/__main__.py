"""Plants mistakes one by one in the financing model: which of them do the tests let pass?

    python tests/mutation [--all] [place ...]

A line for each that survives, a line of totals for each module, and one for all. README.md beside this file
tells which mistakes are planted, which tests look for them, and what was found.
"""

import argparse
import os
import sys
from collections import Counter
from pathlib import Path

from judge import Verdict, judge
from mutants import Mutant, mutants, types_of
from planting import Case
from selected import LEFT_OUT, TESTS

ROOT = Path(__file__).resolve().parents[2]
MODULES = ("billing", "financing", "lots", "outlays", "capacity", "participation", "strain", "metrics")
GOAL = 0.85
"""Share of mutants that the tests must kill."""


def main() -> int:
    parser = argparse.ArgumentParser(prog="mutation", description=(__doc__ or "").split("\n")[0])
    parser.add_argument(
        "--all", action="store_true", help="show the killed as well, and the test that did it"
    )
    parser.add_argument(
        "places", nargs="*", metavar="place", default=MODULES,
        help=f"of {', '.join(MODULES)}, or a line of one as in strain:85; all where none is named",
    )  # fmt: skip
    asked = parser.parse_args()
    chosen = [(module, mutant) for place in asked.places for module, mutant in planted(place)]
    if not chosen:
        parser.error(f"no mistake can be planted in {', '.join(asked.places)}")
    counts: Counter[tuple[str, str]] = Counter()

    def tell(index: int, verdict: Verdict) -> None:
        module, mutant = chosen[index]
        counts[module, verdict.outcome] += 1
        if asked.all or verdict.outcome == "survived":
            print(f"{verdict.outcome:9} {shown(module, mutant)}  {verdict.by}".rstrip(), flush=True)

    def shown(module: str, mutant: Mutant) -> str:
        return f"models/{module}.py:{mutant.line}: {mutant.before} -> {mutant.after}"

    cases = [Case(f"models.{module}", source(module), mutant.text) for module, mutant in chosen]
    judge(cases, [*TESTS, *(f"--deselect={test}" for test in LEFT_OUT)], ROOT, tell)
    return totals(counts)


def planted(place: str) -> list[tuple[str, Mutant]]:
    """Mutants of a module, or of one line of it, each with its module."""
    module, _, line = place.partition(":")
    types = types_of([path.read_text("utf-8") for path in (ROOT / "models").glob("*.py")])
    found = mutants(source(module).read_text("utf-8"), types)
    return [(module, mutant) for mutant in found if not line or mutant.line == int(line)]


def source(module: str) -> Path:
    return ROOT / "models" / f"{module}.py"


def totals(counts: Counter[tuple[str, str]]) -> int:
    """Print totals by module and of all; 1 where fewer than the goal were killed."""
    by_module: dict[str, Counter[str]] = {}
    for (module, outcome), number in counts.items():
        by_module.setdefault(module, Counter())[outcome] += number
    for module, numbers in by_module.items():
        print(f"{module}: {told(numbers)}")
    together = sum(by_module.values(), Counter())
    print(told(together))
    return int(share(together) < GOAL)


def told(numbers: Counter[str]) -> str:
    late = f" ({numbers['timed out']} by the time limit)" if numbers["timed out"] else ""
    return f"{killed(numbers)} killed{late}, {numbers['survived']} survived, {share(numbers):.1%} killed"


def killed(numbers: Counter[str]) -> int:
    return numbers["killed"] + numbers["timed out"]


def share(numbers: Counter[str]) -> float:
    return killed(numbers) / max(sum(numbers.values()), 1)


if __name__ == "__main__":
    os.environ["NUMBA_DISABLE_JIT"] = "1"
    os.chdir(ROOT)
    sys.path[:0] = [str(ROOT)]
    sys.exit(main())
