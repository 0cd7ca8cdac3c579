"""Judges mutants: each in a fork of a process that has loaded the project and run the tests once.

In a fork pytest runs until a first test fails, the quickest tests first. Forks need Linux or macOS.
"""

import gc
import math
import os
import resource
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from types import FunctionType

import pytest
from planting import Case, Finder, forgotten, handed_over

TIMES = 3
"""Times the processor time of loading and testing without a mutant after which one counts as killed."""
WITHOUT = ("no:terminal", "no:cacheprovider", "no:xdist", "no:cov")
OPTIONS = ("-x", "-s", "--assert=plain", *(f"-p{plugin}" for plugin in WITHOUT))


@dataclass(frozen=True)
class Verdict:
    """outcome: "killed", "timed out" or "survived"; by: the test that failed first, and with what."""

    outcome: str
    by: str = ""


Tell = Callable[[int, Verdict], None]
"""Hears the index of a case and its verdict."""


def judge(cases: Sequence[Case], tests: Sequence[str], root: Path, tell: Tell) -> None:
    """Tell the verdict of each case, as they come. RuntimeError where the tests fail without a mutant.

    tests: arguments of pytest; root: folder of the project.
    """
    unchanged = controls(cases[0])

    def heard(index: int, verdict: Verdict) -> None:
        if index >= len(unchanged):
            tell(index - len(unchanged), verdict)
        elif verdict.outcome != "survived":
            raise RuntimeError(f"without a mutant: {verdict}")

    with TemporaryDirectory() as folder:
        options = [*OPTIONS, f"--rootdir={root}", *tests]
        judging = Judging([*unchanged, *cases], root, options, Path(folder), heard)
        code = pytest.main([*options, f"--basetemp={folder}/shared"], plugins=[judging])
    if code != pytest.ExitCode.OK:
        raise RuntimeError(f"without a mutant: {code!r} {judging.failed}")


def controls(case: Case) -> list[Case]:
    """The module as it is, planted in either way: no mutant, so it must survive."""
    text = case.path.read_text("utf-8")
    return [replace(case, text=text), replace(case, text=f"{text}\nCONTROL = True\n")]


class First:
    """A plugin of pytest that remembers what failed first, and how long each test took [seconds]."""

    def __init__(self) -> None:
        self.failed = ""
        self.taken: Counter[str] = Counter()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.taken[report.nodeid] += report.duration

    def pytest_exception_interact(
        self, node: pytest.Collector | pytest.Item, call: pytest.CallInfo[object]
    ) -> None:
        if call.excinfo is not None:
            self.failed = self.failed or f"{node.nodeid} {call.excinfo.typename}"


class Judging(First):
    """A plugin of pytest that runs the tests once, and then once more in a fork for each case."""

    def __init__(
        self, cases: Sequence[Case], root: Path, options: Sequence[str], folder: Path, tell: Tell
    ) -> None:
        super().__init__()
        self.cases, self.root, self.options, self.folder, self.tell = cases, root, options, folder, tell
        self.seconds = 0
        """Of processor time that a fork may take."""
        self.pipe: int | None = None
        """In a fork, where it says what failed."""

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool | None:
        """In the parent True, when all is judged; in a fork None, so that pytest runs the tests."""
        # the first test stands after the last as well, so that what all tests share is kept for the forks
        for item, after in pairwise([*session.items, session.items[0]]):
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=after)
            if session.shouldfail:
                raise session.Failed(session.shouldfail)
        self.seconds = math.ceil(TIMES * time.process_time())
        session.items.sort(key=lambda item: self.taken[item.nodeid])
        functions = [one for one in gc.get_objects() if isinstance(one, FunctionType)]
        gc.freeze()
        return self._forked(functions)

    def pytest_sessionfinish(self, exitstatus: int) -> None:
        if self.pipe is not None:
            leave(self.pipe, exitstatus, self.failed)

    def _forked(self, functions: Sequence[FunctionType]) -> bool | None:
        running: dict[int, tuple[int, int]] = {}
        for index, case in enumerate(self.cases):
            if len(running) == os.cpu_count():
                self._hear(running)
            told, pipe = os.pipe()
            child = os.fork()
            if not child:
                self.pipe = pipe
                self._plant(case, functions, pipe)
                return None
            os.close(pipe)
            running[child] = index, told
        while running:
            self._hear(running)
        return True

    def _hear(self, running: dict[int, tuple[int, int]]) -> None:
        """Wait for a fork to end."""
        child, status = os.wait()
        index, pipe = running.pop(child)
        with os.fdopen(pipe, encoding="utf-8") as told:
            self.tell(index, verdict(status, told.read()))

    def _plant(self, case: Case, functions: Sequence[FunctionType], pipe: int) -> None:
        """Put a case in its place in this fork; where the project is loaded anew, run its tests and end."""
        silence = os.open(os.devnull, os.O_WRONLY)
        for output in (1, 2):
            os.dup2(silence, output)
        resource.setrlimit(resource.RLIMIT_CPU, (self.seconds, self.seconds + 5))
        if not handed_over(case, functions):
            forgotten(self.root)
            sys.meta_path.insert(0, Finder(case))
            first = First()
            # pytest empties the folder it is given: not that of the other forks
            own = f"--basetemp={self.folder}/{os.getpid()}"
            leave(pipe, pytest.main([*self.options, own], plugins=[first]), first.failed)


def leave(pipe: int, code: int, by: str) -> None:
    """End a fork at once, saying what failed."""
    os.write(pipe, by.encode())
    os._exit(code != pytest.ExitCode.OK)


def verdict(status: int, by: str) -> Verdict:
    """What the end of a fork says."""
    if os.WIFSIGNALED(status):
        late = os.WTERMSIG(status) == signal.SIGXCPU
        return Verdict("timed out") if late else Verdict("killed", f"signal {os.WTERMSIG(status)}")
    return Verdict("killed", by) if os.WEXITSTATUS(status) else Verdict("survived")
