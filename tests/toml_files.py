"""The three TOML files of a case, changed and checked: what comes of them, and what a user reads."""

import re

from forecaster import toml
from forecaster.case import bundled
from forecaster.case.assumptions import Assumptions
from forecaster.case.programme import programme
from forecaster.case.scenarios import Known, scenarios
from forecaster.errors import Problems


def changed(name, *replacements):
    """Text of a bundled file in which each pattern is replaced, and must be found."""
    text = (bundled() / name).read_text(encoding="utf-8")
    for pattern, replacement in replacements:
        text, count = re.subn(pattern, replacement, text, count=1, flags=re.MULTILINE | re.DOTALL)
        assert count == 1, pattern
    return text


def read(folder, name, text):
    """Whatever the file yields, and the lines a user reads."""
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    problems = Problems()
    check = {
        "assumptions.toml": lambda file: toml.checked(Assumptions, file, problems),
        "programme.toml": lambda file: programme(file, problems),
        "scenarios.toml": lambda file: scenarios(file, Known(("DE", "FR", "PL"), ("FR", "PL")), problems),
    }[name]
    file = toml.read(path, problems)
    found = check(file) if file else None
    return found, [problem.line for problem in problems]


def line_of(text, start):
    return next(n for n, line in enumerate(text.splitlines(), start=1) if line.startswith(start))
