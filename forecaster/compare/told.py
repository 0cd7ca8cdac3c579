"""A comparison in lines for a terminal, and as plain data."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from forecaster.case.differences import Change
from forecaster.case.differences.entries import Value
from forecaster.case.scenarios import AND
from forecaster.compare.bridge import Bars, Comparison
from forecaster.compare.sides import Side
from forecaster.report.styles import shown

LISTED = 15
"""Changes that are told one by one; the workbook and --json hold all."""

STATES_TOLD = 5
"""States whose change of P(red) is told."""


def lines(found: Comparison) -> Iterator[str]:
    """What changed, then the bridge of each figure of the union and of the states that move most."""
    yield f"A: {_about(found.first)}"
    yield f"B: {_about(found.second)}"
    if not found.changes:
        yield "Nothing differs."
        return
    yield from listed(found.changes)
    yield from bridge_lines(found)


def listed(changes: Sequence[Change]) -> Iterator[str]:
    """How many changes of each kind, and the first of them, those of kinds with few before the rest."""
    number = Counter(subject(change) for change in changes)
    kinds = ", ".join(f"{kind} {n:,}" for kind, n in number.items())
    yield f"{counted(len(changes), 'change', 'changes')}: {kinds}."
    told = sorted(changes, key=lambda change: (number[subject(change)] > LISTED, not change.moves))[:LISTED]
    yield from (f"  {words(change)}" for change in told)
    if len(told) < len(changes):
        yield f"  and {len(changes) - len(told):,} more: --output writes all of them to a workbook."


def bridge_lines(found: Comparison) -> Iterator[str]:
    """The bridge, the largest bars of each figure first."""
    yield from _elsewhere(found)
    if not found.groups:
        yield "None of them moves a figure that is bridged."
        return
    yield f"{basis(found)}:"
    for group in found.groups:
        if group.reason:
            yield f"{group.label} are one bar: one without the other is no valid case ({group.reason})."
    for bars in found.union:
        yield heading(bars)
        yield from (f"  {amount:>12}  {label}" for label, amount in ranked(found, bars))
    yield from _moved_states(found)


def counted(number: int, one: str, more: str) -> str:
    """A number with the word for one or for more: "1 change", "3 changes"."""
    return f"{number:,} {one if number == 1 else more}"


def _elsewhere(found: Comparison) -> Iterator[str]:
    """Scenarios whose levers changed, where the bridge is in another one."""
    levers = [change.what for change in found.changes if change.part == "scenarios" and change.moves]
    others = [
        name
        for name in dict.fromkeys(what.split(".levers")[0] for what in levers)
        if name not in (found.scenario, *found.scenario.split(AND))
    ]
    sides = ({table.id for table in side.case.scenarios} for side in (found.first, found.second))
    both = set.intersection(*sides)
    shared = [name for name in others if {*name.split(AND)} <= both]
    if shared:
        yield (
            f"Levers of {', '.join(shared)} changed, the bridge is in '{found.scenario}'. What they did: "
            f"--scenario {shared[0]}."
        )
    if alone := [name for name in others if name not in shared]:
        yield f"On one side alone: {', '.join(alone)}. A report of that side shows what they do."


def basis(found: Comparison) -> str:
    """What the bridge rests on."""
    first, second = found.first, found.second
    paths = f"{first.paths:,}" if first.paths == second.paths else f"{first.paths:,} and {second.paths:,}"
    seed = f"seed {first.seed}" if first.seed == second.seed else f"seeds {first.seed} and {second.seed}"
    return (
        f"Bridge in the scenario '{found.scenario}', {paths} paths, {seed}; each bar is the mean over an "
        "order and its reverse"
    )


def heading(bars: Bars) -> str:
    """Name of a figure and its change: net call over the life: EUR m 512.3 -> 540.1 (+27.8)."""
    unit = bars.headline.unit
    ends = f"{number(bars.start, unit)} -> {number(bars.end, unit)}"
    return f"{bars.headline.name} [{unit}]: {ends} ({signed(bars.change, unit)})"


def ranked(found: Comparison, bars: Bars) -> list[tuple[str, str]]:
    """Label and signed amount of each bar that is not nothing, the largest first."""
    pairs = sorted(
        zip(found.groups, bars.steps, strict=True), key=lambda pair: (-abs(pair[1]), pair[0].label)
    )
    unit = bars.headline.unit
    told = [(group.label, signed(step, unit)) for group, step in pairs]
    return [(label, amount) for label, amount in told if seen(amount)]


def seen(amount: str) -> bool:
    """Whether an amount, as it is shown, is more than nothing."""
    return any(digit in amount for digit in "123456789")


def number(value: float, unit: str) -> str:
    """A figure as a cell would show it."""
    return shown(value, unit).strip()


def signed(value: float, unit: str) -> str:
    """A change with its sign; of shares in points."""
    if unit == "share":
        return f"{100.0 * value:+.2f} points"
    text = number(value, unit)
    return text if text.startswith("-") and seen(text) else f"+{text.removeprefix('-')}"


def words(change: Change) -> str:
    """A change in a line: cost.growth_median [factor]: 1.1 -> 1.3."""
    unit = f" [{change.unit}]" if change.unit else ""
    return f"{change.what}{unit}: {plain(change.old, change.unit)} -> {plain(change.new, change.unit)}"


def subject(change: Change) -> str:
    """The kind a change is counted under."""
    kind, _, name = change.part.partition(".")
    return f"table {name}" if kind == "figures" else kind


def plain(value: Value, unit: str) -> str:
    """A value as text; what a side does not have is told so."""
    if value is None:
        return "not there"
    if isinstance(value, float):
        return f"{value:.9g}" if unit == "year" else f"{value:,.9g}"
    return value


def _about(side: Side) -> str:
    given = side.case.assumptions.run
    return f"{side.name}, figures as of {given.as_of.isoformat()}, {len(side.case.budgets.codes)} states"


def _moved_states(found: Comparison) -> Iterator[str]:
    """The states whose P(red) changes most, one a line."""
    red = [bars for bars in found.states if bars.headline.quantity == "red"]
    moved = sorted(red, key=lambda bars: (-abs(bars.change), bars.headline.place))
    told = [bars for bars in moved if seen(signed(bars.change, "share"))][:STATES_TOLD]
    yield "States whose P(red) changes most:" if told else "No state's P(red) changes."
    if not any(seen(signed(bars.change, bars.headline.unit)) for bars in (*found.union, *found.states)):
        yield "None of these figures moves; what else the changes move stands in reports of A and B."
    for bars in told:
        largest = "; ".join(f"{label} {amount}" for label, amount in ranked(found, bars)[:3])
        yield f"  {bars.headline.place} {heading(bars)}: {largest}"


def data(found: Comparison) -> dict[str, Any]:
    """The comparison as plain data: money in EUR million, probabilities as shares."""
    return {
        "sides": [_side(side) for side in (found.first, found.second)],
        "scenario": found.scenario,
        "runs": found.runs,
        "changes": [
            {
                "part": change.part,
                "what": change.what,
                "unit": change.unit,
                "old": change.old,
                "new": change.new,
                "old_place": change.old_place,
                "new_place": change.new_place,
                "moves_results": change.moves,
            }
            for change in found.changes
        ],
        "bars": [
            {"label": group.label, "parts": sorted(group.parts), "reason": group.reason}
            for group in found.groups
        ],
        "bridge": [
            {
                "place": bars.headline.place,
                "figure": bars.headline.name,
                "unit": bars.headline.unit,
                "year": bars.headline.year,
                "old": bars.start,
                "new": bars.end,
                "bars": {group.label: step for group, step in zip(found.groups, bars.steps, strict=True)},
            }
            for bars in (*found.union, *found.states)
        ],
        "largest_error": found.worst_error,
    }


def _side(side: Side) -> dict[str, Any]:
    return {
        "name": side.name,
        "as_of": side.case.assumptions.run.as_of.isoformat(),
        "states": list(side.case.budgets.codes),
        "years": side.years,
        "paths": side.paths,
        "seed": side.seed,
    }
