"""What the severity of a scenario is called, and a warning where its name promises more."""

import math
from collections.abc import Iterable, Iterator, Mapping

from forecaster.case.scenarios import ScenarioTable
from models.conditions import CHOICE, FIXED
from models.severity import Severity, return_period

ORDINARY, RARE = 10.0, 100.0
"""Return periods below which a path is ordinary, and rare: judgement [years]."""

LONGEST = 10_000.0
"""Return period above which a number says nothing more [years]."""

UNREACHED = "no shocks reach it"
"""What stands for the return period of a scenario beyond all that the model can draw."""

CALLED = ("severe", "extreme", "worst")
"""Words in a scenario's name or title that promise something out of the ordinary."""


def is_choice(table: ScenarioTable) -> bool:
    """Whether a scenario says of itself that it is a choice, whatever it moves."""
    return table.source.lower().startswith(CHOICE)


def standing(found: Severity, *, choice: bool = False) -> str:
    """How far out a scenario is, in a word, as one state meets it. choice: whether it says to be one.

    What it moves beside its random levers puts it farther out, nobody knows how far.
    """
    if choice:
        return CHOICE
    if found.drivers:
        years = return_period(found.one)
        word = "ordinary" if years < ORDINARY else "rare" if years < RARE else "extreme"
        return f"at least {word}" if found.left_out and word != "extreme" else word
    if not found.left_out:
        return "moves nothing"
    return CHOICE if any(reason == CHOICE for _, reason in found.left_out) else FIXED


def counted(found: Severity) -> str:
    """What is in the distance, and what is not."""
    reasons = {reason: [name for name, own in found.left_out if own == reason] for reason in (CHOICE, FIXED)}
    left_out = [f"{', '.join(names)}: {reason}" for reason, names in reasons.items() if names]
    return "; ".join([*([f"random: {', '.join(found.drivers)}"] if found.drivers else []), *left_out])


def once_in(distance: float) -> float | str:
    """Return period as a cell shows it [years]."""
    if math.isinf(distance):
        return UNREACHED
    years = return_period(distance)
    return years if years <= LONGEST else f"over {LONGEST:,.0f}"


def too_mild(tables: Iterable[ScenarioTable], found: Mapping[str, Severity]) -> Iterator[str]:
    """A line for each scenario that is called severe and yet lies within the ordinary."""
    for table in tables:
        words = f"{table.id} {table.title}".lower()
        if not any(word in words for word in CALLED) or table.id not in found:
            continue
        one = found[table.id]
        if standing(one, choice=is_choice(table)) == "ordinary":
            yield (
                f"Scenario '{table.id}' is called severe, but a state meets the like of it once in "
                f"{return_period(one.one):.2g} years: within the ordinary. See the sheet Scenarios."
            )
