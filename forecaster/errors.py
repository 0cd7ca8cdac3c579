"""What can go wrong for a user, and the text that says so.

    ForecasterError     1  anything below, printed without a traceback
    |- InputError       3  the budget tables
    |- AssumptionError  4  assumptions.toml, programme.toml, scenarios.toml
    |- CheckFailed      5  a control of the finished run
    |- OutputExists     6  a report is already there
    |- OutputNotWritable 7 a report cannot be written
    `- ClusterError     8  a cluster cannot be used

A line reads "file, place: what was found. What is allowed or what to do."
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Literal

SHOWN_PER_FILE = 40  # a table of wrong cells should not scroll the other files off the screen


class ForecasterError(Exception):
    """A problem a user can put right; its text is printed as it stands."""

    exit_code = 1


class InputError(ForecasterError):
    """The budget tables hold something that cannot be used."""

    exit_code = 3


class AssumptionError(ForecasterError):
    """The assumptions, the programme or the scenarios hold something that cannot be used."""

    exit_code = 4


class CheckFailed(ForecasterError):  # noqa: N818 - named for what happened
    """The run finished, but one of its controls does not hold."""

    exit_code = 5


class OutputExists(ForecasterError):  # noqa: N818 - named for what happened
    """A file is where the output should go."""

    exit_code = 6


class OutputNotWritable(ForecasterError):  # noqa: N818 - named for what happened
    """The output cannot be written where it should go."""

    exit_code = 7


class ClusterError(ForecasterError):
    """The cluster asked for cannot be used, or not safely."""

    exit_code = 8


@dataclass(frozen=True, slots=True)
class Problem:
    """One finding: the file, the place in it (cell, key or line; may be empty) and a sentence."""

    file: str
    place: str
    text: str
    kind: Literal["error", "warning"] = "error"

    @property
    def line(self) -> str:
        """The finding as a user reads it; a sentence that begins with the file's name stands alone."""
        if self.file and self.text.startswith(self.file):
            return self.text
        return f"{', '.join(part for part in (self.file, self.place) if part)}: {self.text}"


class Problems:
    """Collects findings, so that a user sees all of them at once."""

    def __init__(self) -> None:
        self._found: dict[Problem, None] = {}

    def add(self, file: str, place: str, text: str) -> None:
        """Note an error; the same finding counts once."""
        self._found[Problem(file, place, text)] = None

    def warn(self, file: str, place: str, text: str) -> None:
        """Note something that a user should know but that stops nothing."""
        self._found[Problem(file, place, text, "warning")] = None

    def extend(self, problems: Iterable[Problem]) -> None:
        """Take over findings, such as those of another collector."""
        self._found.update(dict.fromkeys(problems))

    def __iter__(self) -> Iterator[Problem]:
        return iter(self._found)

    @property
    def errors(self) -> tuple[Problem, ...]:
        """The errors, grouped by file in the order in which the files were first met."""
        return _grouped(problem for problem in self._found if problem.kind == "error")

    @property
    def warnings(self) -> tuple[str, ...]:
        """The warnings as lines, grouped by file."""
        return tuple(problem.line for problem in _grouped(self._found) if problem.kind == "warning")

    def raise_if_any(self, error: type[ForecasterError] = InputError) -> None:
        """Raise one error with all lines, if there is an error among the findings.

        What was warned of a whole file that has an error may be its reason, and is told with it.
        """
        wrong = {problem.file for problem in self.errors}
        told = (one for one in self._found if one.kind == "error" or (one.file in wrong and not one.place))
        if wrong:
            raise error(message(_grouped(told)))


def message(errors: tuple[Problem, ...]) -> str:
    """All errors as text, with warnings that go with them: one is its line, several follow their count."""
    if len(errors) == 1:
        return errors[0].line
    files = dict.fromkeys(problem.file for problem in errors)
    warned = sum(problem.kind == "warning" for problem in errors)
    found = _counted(len(errors) - warned, "problem") + (
        f" and {_counted(warned, 'warning')}" if warned else ""
    )
    heading = f"{found} in {_counted(len(files), 'file')}:"
    return "\n".join([heading, *(line for file in files for line in _lines(file, errors))])


def _counted(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def nearest(word: str, known: Iterable[str]) -> str | None:
    """Known word that looks most like this one, or None where none does."""
    by_lower = {name.lower(): name for name in known}
    found = get_close_matches(word.lower(), by_lower, n=1, cutoff=0.6)
    return by_lower[found[0]] if found else None


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """' Did you mean x?' for the nearest of the known words, or nothing."""
    found = nearest(word, known)
    return f" Did you mean {found}?" if found else ""


def typed(name: object) -> str:
    """A name as it is typed on a command line: in quotes where a shell would take it apart."""
    return str(name) if _PLAIN.fullmatch(str(name)) else f'"{name}"'


_PLAIN = re.compile(r"[\w.:/\\+-]+")
"""What cmd, PowerShell and shells of POSIX leave alone; not so R&D, Haushalt(2) and a,b."""


def _grouped(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    by_file: dict[str, list[Problem]] = {}
    for problem in problems:
        by_file.setdefault(problem.file, []).append(problem)
    return tuple(problem for group in by_file.values() for problem in group)


def _lines(file: str, errors: tuple[Problem, ...]) -> list[str]:
    """Up to `SHOWN_PER_FILE` lines of one file, then how many are not shown."""
    lines = [
        f"warning: {problem.line}" if problem.kind == "warning" else problem.line
        for problem in errors
        if problem.file == file
    ]
    hidden = len(lines) - SHOWN_PER_FILE
    return lines if hidden <= 0 else [*lines[:SHOWN_PER_FILE], f"{file}: and {hidden:,} more."]
