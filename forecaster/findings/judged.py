"""How far judgement moves the probability of red beside the programme, in sentences."""

from dataclasses import dataclass

import numpy as np

from forecaster.drivers.judgements import SIGNED, SIGNED_MOVES
from forecaster.findings.answer import programme_effect
from forecaster.findings.red import worst_year
from forecaster.report import places
from forecaster.report.styles import percent
from forecaster.run import Run

NEITHER = (
    "Neither the ruling judgements (sheet Judgements) nor the programme moves the probability of red in the "
    "worst year of any state shown."
)


@dataclass(frozen=True)
class Judged:
    """A year: its number, the lowest and highest P(red) over the judgements, the programme's effect on it."""

    t: int
    low: float
    high: float
    effect: float


def judgement(run: Run) -> str:
    """Where the range of P(red) over the ruling judgements is wider than the programme's own effect."""
    judged = {place.spoken: in_worst_year(run, place.code) for place in places.states(run)}
    wider = sum(one.high - one.low > one.effect for one in judged.values())
    narrower = sum(one.high - one.low < one.effect for one in judged.values())
    name = max(judged, key=lambda state: judged[state].high - judged[state].low)
    widest = judged[name]
    if not wider and not narrower:
        return NEITHER
    return (
        f"Judgement moves it more in the worst year of {wider} of {len(judged)} states: there the range over "
        "the ruling judgements (sheet Judgements) is wider than the programme's own effect; it is widest for "
        f"{name} in {run.years[widest.t]}, from {percent(widest.low)} to {percent(widest.high)}."
        if wider > narrower
        else "The programme's own effect is wider than the range over the ruling judgements (sheet "
        f"Judgements) in the worst year of {narrower} of {len(judged)} states."
    )


def signed(run: Run) -> str:
    """What taking a little more or less as signed for does to P(red), beside what the programme does."""
    moved = f"Taken {100.0 * SIGNED_MOVES:g} points higher or lower, it moves the probability of red"
    shown = places.states(run)
    beside = [_signed_in_worst_year(run, place.code) for place in shown]
    if len(shown) == 1:
        ((own, effect),) = beside
        return (
            f"{moved} in the worst year of {shown[0].spoken} by up to {_points(own)}, the programme by "
            f"{_points(effect)} (sheet Judgements)."
        )
    more = sum(own > effect for own, effect in beside)
    beyond = f"in the worst year of {more} of {len(shown)} states (sheet Judgements)"
    return f"{moved} more than the programme {beyond}."


def _points(share: float) -> str:
    return f"{percent(share, 2).removesuffix(' %')} points"


def _signed_in_worst_year(run: Run, code: str) -> tuple[float, float]:
    """How far P(red) moves with what is taken as signed for, and with the programme [share]."""
    t, _ = worst_year(run, code)
    rows = [run.judgements.names.index(name) for name in SIGNED]
    moved = float(np.abs(run.judgements.changes(code)[rows, t]).max())
    return moved, float(np.abs(programme_effect(run, code)[t]))


def in_worst_year(run: Run, code: str) -> Judged:
    """What is told of the year in which red is most probable."""
    red, (t, _) = run.statistics.probability("red", run.baseline, code), worst_year(run, code)
    low, high = run.judgements.lowest(code, red), run.judgements.highest(code, red)
    return Judged(t, float(low[t]), float(high[t]), float(np.abs(programme_effect(run, code)[t])))
