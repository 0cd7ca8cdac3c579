"""What would bring the probability of red down, in sentences: more invested, or a change of the programme."""

from collections.abc import Sequence

from forecaster.drivers.breaking import BreakingPoint
from forecaster.report import places
from forecaster.report.styles import decimal, percent
from forecaster.run import Run
from models.remedies import DELAY, GRANT, LADDERS, SHARE, Remedy


def what_helps(run: Run) -> str:
    """What brings P(red) of the worst year down to the wished value; empty where it was not looked for."""
    points = [point for point in run.breaking if point.code in run.states]
    if not points:
        return ""
    wished = percent(run.case.assumptions.strain.wished.value)
    above = [point for point in points if _remedy(point, SHARE).needed != 0.0]
    if not above:
        return f"Red is no more probable than {wished} in any state shown, in its worst year."
    alone = len(points) == 1
    return (
        f"The probability of red in {above[0].year if alone else 'the worst year'} comes down to {wished} "
        f"{_invested(run, above)}. {_reshaped(above, alone=alone)} (sheet Breaking points)."
    )


def _invested(run: Run, above: Sequence[BreakingPoint]) -> str:
    """How many points more of the budget it takes."""
    spoken = {place.code: place.spoken for place in places.states(run)}
    asked = {point.code: _remedy(point, SHARE).needed for point in above}
    enough = {code: needed for code, needed in asked.items() if needed is not None}
    tried = 100.0 * LADDERS[SHARE].most
    most = f"not even where {tried:.0f} points more of the budget are invested in each year"
    if not enough:
        return most
    least, largest = (end(enough, key=lambda code: enough[code]) for end in (min, max))
    low, high = (decimal(100.0 * enough[code], 1) for code in (least, largest))
    if len(enough) == 1:
        told = f"where {spoken[least]} invests {low} points more of its budget in each year"
    else:
        told = (
            "where a state invests more of its budget in each year: from "
            f"{low} points more ({spoken[least]}) to {high} ({spoken[largest]})"
        )
    others = len(above) - len(enough)
    return told + (f"; in {others} of {len(above)} {most}" if others else "")


def _reshaped(above: Sequence[BreakingPoint], *, alone: bool) -> str:
    """Whether another programme is enough."""
    grant, delay = (
        sum(_remedy(point, name).needed is not None for point in above) for name in (GRANT, DELAY)
    )
    told = "larger EU share of the programme's contracts"
    if not grant and not delay:
        return f"Neither a {told} nor later contracts do it{'' if alone else ' in any state'}"
    if alone:
        return (
            f"A {told} {'does' if grant else 'does not do'} it, later contracts {'do' if delay else 'do not'}"
        )
    states = f"of {len(above)} states"
    return f"A {told} does it in {grant or 'none'} {states}, later contracts in {delay or 'none'}"


def _remedy(point: BreakingPoint, name: str) -> Remedy:
    return next(remedy for remedy in point.remedies if remedy.name == name)
