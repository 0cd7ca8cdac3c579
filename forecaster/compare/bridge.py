"""How much of the change of each figure each bar made: the mean over a fixed order and its reverse.

Bars are swapped one after the other from the first side to the second, in the order of their labels and in
the reverse order, all on the same draws: 2n runs for n bars. What a bar adds depends on what was swapped
before it; the mean over an order and its reverse is even-handed, adds up to the whole change, and has the
opposite sign when the sides change places.
"""

import hashlib
import pickle
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations, pairwise
from typing import TypeAlias

from forecaster.case.differences import Change, changes, differing
from forecaster.case.scenarios import AND, with_combinations
from forecaster.compare.figures import Found, Headline, Simulated, of_states, of_union
from forecaster.compare.groups import Group, grouped, joined
from forecaster.compare.parts import Runnable, conflicts, mixed, moving, runnable
from forecaster.compare.sides import Side, refuse_apart, settings
from forecaster.errors import AssumptionError, ForecasterError
from forecaster.machine.errands import results
from forecaster.machine.processes import helped

Progress: TypeAlias = Callable[[int, int], None]
Taken: TypeAlias = frozenset[str]

LONG = 8_192
"""Draws of a run from which helper processes are worth their start."""

PER_PROCESS = 5
"""Runs each process makes before progress is told."""


@dataclass(frozen=True)
class Bars:
    """A headline figure on both sides and what each group did to it, in the order of the groups [unit]."""

    headline: Headline
    start: float
    end: float
    steps: tuple[float, ...]

    @property
    def change(self) -> float:
        """The second side less the first."""
        return self.end - self.start

    @property
    def error(self) -> float:
        """Difference between the change and the sum of the bars."""
        return abs(self.start + sum(self.steps) - self.end)


@dataclass(frozen=True)
class Comparison:
    """Two sides, everything that differs, and the bridge between them in one scenario.

    union: figures of all states together and own resources of the largest; states: of each that both have.
    """

    first: Side
    second: Side
    scenario: str
    changes: tuple[Change, ...]
    groups: tuple[Group, ...]
    union: tuple[Bars, ...]
    states: tuple[Bars, ...]
    runs: int

    @property
    def worst_error(self) -> float:
        """Largest difference between a change and the sum of its bars [unit of the figure]."""
        return max((one.error for one in (*self.union, *self.states)), default=0.0)


def compared(
    first: Side, second: Side, scenario: str, progress: Progress, workers: int | None = None
) -> Comparison:
    """Compare two sides in one scenario.

    progress: called with (done, total) runs; workers: processes, all cores where None. Raises InputError or
    AssumptionError where they cannot be compared.
    """
    refuse_apart(first, second)
    first, second = (_with_scenario(one, scenario) for one in (first, second))
    known = changed(first, second)
    trials = _Trials(first, second, scenario)
    groups = _sound(trials, grouped(moving(known)))
    found = _simulated(trials, groups, progress, workers)
    ends = found[frozenset()], found[_parts(groups)]
    union, states = (
        tuple(_bars(headline, groups, found) for headline in headlines(*ends))
        for headlines in (of_union, of_states)
    )
    return Comparison(first, second, scenario, known, groups, union, states, len(found))


def changed(first: Side, second: Side) -> tuple[Change, ...]:
    """Everything that differs between two sides: what they are run with, then their cases."""
    return (*differing(settings(first), settings(second)), *changes(first.case, second.case))


def _with_scenario(one: Side, scenario: str) -> Side:
    """The side with a combination such as a+b among its scenarios. AssumptionError where it lacks one."""
    known = [table.id for table in one.case.scenarios]
    missing = [part for part in scenario.split(AND) if part not in known]
    if missing and scenario not in known:
        raise AssumptionError(
            f"{one.name} has no scenario '{missing[0]}', so nothing can be bridged in it. "
            f"Its scenarios: {', '.join(known)}."
        )
    tables = with_combinations(one.case.scenarios, (scenario,))
    return replace(one, case=replace(one.case, scenarios=tables))


class _Trials:
    """What each mixture is run with, or why it cannot be run; each is built once."""

    def __init__(self, first: Side, second: Side, scenario: str) -> None:
        self._sides = first, second
        self._scenario = scenario
        self._known: dict[Taken, Runnable | str] = {}
        self._usual = {text for one in (first, second) for text in conflicts(one.case)}

    def runnable(self, taken: Taken) -> Runnable:
        """The mixture as a run. Raises AssumptionError with the reason where it is none."""
        trial = self._trial(taken)
        if isinstance(trial, str):
            raise AssumptionError(f"{self._name(taken)}: {trial}")
        return trial

    def reason(self, taken: Taken) -> str:
        """Why a mixture is no case, or nothing."""
        trial = self._trial(taken)
        return trial if isinstance(trial, str) else ""

    def _trial(self, taken: Taken) -> Runnable | str:
        if taken not in self._known:
            self._known[taken] = self._tried(mixed(*self._sides, taken))
        return self._known[taken]

    def _tried(self, mixture: Side) -> Runnable | str:
        """The run of a mixture, or what its parts disagree about."""
        if told := [text for text in conflicts(mixture.case) if text not in self._usual]:
            return told[0]
        try:
            return runnable(mixture, self._scenario)
        except ForecasterError as error:
            return str(error)

    def _name(self, taken: Taken) -> str:
        return self._sides[bool(taken)].name


def _parts(groups: Sequence[Group]) -> Taken:
    return frozenset(part for group in groups for part in group.parts)


def _forward(groups: Sequence[Group]) -> list[Taken]:
    """What is taken from the second side after 0, 1, ... n groups."""
    return [_parts(groups[:number]) for number in range(len(groups) + 1)]


def _sound(trials: _Trials, groups: tuple[Group, ...]) -> tuple[Group, ...]:
    """Groups whose mixtures can all be run: where one cannot, the two that need each other become one."""
    while (cut := _first_unsound(trials, groups)) is not None:
        pair = _inseparable(trials, groups, cut) or (groups[cut - 1], groups[cut])
        groups = joined(groups, pair, _reason(trials, groups, cut))
    return groups


def _at(groups: tuple[Group, ...], cut: int) -> tuple[Taken, Taken]:
    """The two mixtures that part the groups at a cut."""
    return _parts(groups[:cut]), _parts(groups[cut:])


def _first_unsound(trials: _Trials, groups: tuple[Group, ...]) -> int | None:
    return next((cut for cut in range(1, len(groups)) if _reason(trials, groups, cut)), None)


def _reason(trials: _Trials, groups: tuple[Group, ...], cut: int) -> str:
    one, other = _at(groups, cut)
    return trials.reason(one) or trials.reason(other)


def _inseparable(trials: _Trials, groups: tuple[Group, ...], cut: int) -> tuple[Group, Group] | None:
    """A group on each side of a cut that is sound once either of the two has moved over."""
    for first, second in combinations(groups, 2):
        if (first in groups[:cut]) == (second in groups[:cut]):
            continue
        for taken in _at(groups, cut):
            inner, outer = (first, second) if first.parts <= taken else (second, first)
            moved = taken - inner.parts, taken | outer.parts
            if trials.reason(taken) and not any(trials.reason(one) for one in moved):
                return first, second
    return None


def _simulated(
    trials: _Trials, groups: tuple[Group, ...], progress: Progress, workers: int | None
) -> Mapping[Taken, Found]:
    """Every mixture of both orders; those that come to the same model are run once."""
    order = _forward(groups)
    wanted = list(dict.fromkeys([*order, *(order[-1] - taken for taken in order)]))
    content = {taken: hashlib.sha256(pickle.dumps(trials.runnable(taken))).digest() for taken in wanted}
    first_of = {digest: taken for taken, digest in reversed(content.items())}
    work = [Simulated(trials.runnable(taken)) for taken in first_of.values()]
    found: list[Found] = []
    paths = work[0].run.paths
    with helped(workers, len(work) * paths if paths >= LONG else 0) as helpers:
        step = (1 + len(helpers.pipes) if helpers else 1) * PER_PROCESS
        for begin in range(0, len(work), step):
            progress(begin, len(work))
            found += results(work[begin : begin + step], helpers)
    progress(len(work), len(work))
    by_content = dict(zip(first_of, found, strict=True))
    return {taken: by_content[digest] for taken, digest in content.items()}


def _bars(headline: Headline, groups: tuple[Group, ...], found: Mapping[Taken, Found]) -> Bars:
    order = _forward(groups)
    values = {taken: headline.of(result) for taken, result in found.items()}
    upward = [values[after] - values[before] for before, after in pairwise(order)]
    downward = [values[order[-1] - before] - values[order[-1] - after] for before, after in pairwise(order)]
    steps = tuple((up + down) / 2.0 for up, down in zip(upward, downward, strict=True))
    return Bars(headline, values[order[0]], values[order[-1]], steps)
