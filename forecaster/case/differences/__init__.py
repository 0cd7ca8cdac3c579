"""What differs between two cases, value by value, with the place of each on both sides."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from forecaster.case.case import Case
from forecaster.case.differences.contents import SUBJECTS
from forecaster.case.differences.entries import Content, Entry, Value


@dataclass(frozen=True)
class Change:
    """A value that differs. old, new: None where a side lacks it; places: empty there."""

    part: str
    what: str
    old: Value
    new: Value
    unit: str
    old_place: str
    new_place: str
    moves: bool


def changes(first: Case, second: Case) -> tuple[Change, ...]:
    """Everything that differs, subject by subject in the order of SUBJECTS.

    A state of one side only is one change, whatever figures it brings with it.
    """
    lone = set(first.budgets.codes) ^ set(second.budgets.codes)
    return tuple(
        change
        for content in SUBJECTS
        for change in differing(*(_without(content(case), lone) for case in (first, second)))
    )


def _without(content: Content, lone: Collection[str]) -> Content:
    return {key: entry for key, entry in content.items() if entry.code not in lone}


def differing(old: Content, new: Content) -> Iterator[Change]:
    """What differs in one subject."""
    for key in dict.fromkeys((*old, *new)):
        one, other = old.get(key), new.get(key)
        if one is None or other is None or not _same(one.value, other.value):
            yield _change(one, other)


def _same(one: Value, other: Value) -> bool:
    """Whether two values are equal; two that are no numbers are."""
    return one == other or (one != one and other != other)  # noqa: PLR0124 - NaN alone differs from itself


def _change(old: Entry | None, new: Entry | None) -> Change:
    known = old or new
    assert known is not None
    return Change(
        part=known.part,
        what=known.what,
        old=old.value if old else None,
        new=new.value if new else None,
        unit=known.unit,
        old_place=old.place if old else "",
        new_place=new.place if new else "",
        moves=known.moves,
    )
