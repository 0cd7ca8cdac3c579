"""What a case changes of the bundled one, kind by kind, by name."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from forecaster.case.case import Case
from forecaster.case.differences import Change, changes
from forecaster.case.loading import bundled_case
from forecaster.case.scenarios import AND

ASSUMED, TERMS = "assumptions", "terms of the programme"
FIGURES, SETTINGS = "figures", "settings of the run"


def from_bundled(case: Case) -> Mapping[str, tuple[str, ...]]:
    """Names of what differs from the bundled case, by kind in the order of KINDS.

    Words are left out, since no result rests on them, and combinations of scenarios, which hold nothing of
    their own. A list among the assumptions is one.
    """
    found: dict[str, dict[str, None]] = {kind: {} for kind in KINDS.values()}
    own = replace(case, scenarios=tuple(table for table in case.scenarios if AND not in table.id))
    for kind, name in _named(changes(bundled_case(), own)):
        found[kind][name] = None
    return {kind: tuple(names) for kind, names in found.items()}


def assumed(changed: Mapping[str, tuple[str, ...]]) -> frozenset[str]:
    """Keys of what was assumed otherwise than in the bundled case; of a line as in 'line.procurement.new'."""
    terms = (name.replace("[", ".").replace("]", "") for name in changed[TERMS])
    return frozenset((*changed[ASSUMED], *terms))


def _named(found: tuple[Change, ...]) -> Iterator[tuple[str, str]]:
    """Kind and name of each change."""
    for change in found:
        subject, _, name = change.part.partition(".")
        kind = KINDS.get(subject, FIGURES)
        if kind == SETTINGS or (kind == ASSUMED and change.moves):
            yield kind, name
        elif change.moves:
            yield kind, change.what


KINDS = {
    "assumptions": ASSUMED,
    "programme": TERMS,
    "scenarios": "levers of scenarios",
    "figures": FIGURES,
    "settings": SETTINGS,
}
"""Kinds of what a case holds by the part of a case that a change stands in; all other parts hold figures."""
