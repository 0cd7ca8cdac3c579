"""Why strain is high where it is highest, and how much of it is the programme: a sentence or two a state."""

import numpy as np

from forecaster.drivers import Drivers
from forecaster.findings.answer import programme_effect
from forecaster.report import places
from forecaster.report.styles import percent
from forecaster.report.tornado import DRIVER, state_swings
from forecaster.run import Run

SHOWN = 3
"""How many states are told of."""

BUDGET_IS = {
    "": "no budget of that year is known: it is projected from history",
    "voted": "the budget is voted",
    "estimate": "the budget is an estimate",
    "plan": "the budget is planned",
    "announced": "the budget is announced",
}
"""Standing of a plan -> what that says of the budget."""


def most_strained(run: Run) -> list[places.Place]:
    """Return the states shown, the highest probability of red in any year of the baseline first."""
    return sorted(
        places.states(run), key=lambda place: -run.statistics.any_year("red", run.baseline, place.code)
    )


def reasons(run: Run) -> tuple[str, ...]:
    """What drives strain in the most strained states, one line each."""
    return tuple(f"{_parts(run, place)}{_moved(run, place)}" for place in most_strained(run)[:SHOWN])


def worst_years(run: Run) -> str:
    """The most strained states with their worst years, and how much of what they owe is the programme."""
    told, shares = [], []
    for place in most_strained(run)[:SHOWN]:
        t, red = _worst(run, place)
        told.append(f"{place.name} (red in {percent(red)} of paths in {run.years[t]})")
        net, committed = (_mean(run, metric, place, t) for metric in ("net_call", "committed"))
        shares.append(abs(net) / (committed + net))
    return f"{', '.join(told)}; of what they owe in those years {_share(max(shares))} is the programme"


def _share(share: float) -> str:
    return "less than 0.1 %" if share < 0.001 else f"at most {percent(share, 1)}"


def _parts(run: Run, place: places.Place) -> str:
    """Obligations of the worst year in parts, out of a hundred euros to invest."""
    t, red = _worst(run, place)
    investment = _mean(run, "investment", place, t)
    signed, net = (100.0 * _mean(run, metric, place, t) / investment for metric in ("committed", "net_call"))
    share = investment / _mean(run, "budget", place, t)
    status = run.forecast.plan_status[run.forecast.states.index(place.code)][t]
    effect = 100.0 * float(programme_effect(run, place.code)[t])
    return (
        f"{place.name}, {run.years[t]}: of every EUR 100 to invest EUR {signed:.1f} are signed for before "
        f"and EUR {net:.2f} are the programme's net call; {percent(share)} of the defence budget is "
        "invested, and "
        f"{BUDGET_IS[status]}. The programme {_adds(effect)} a probability of red of {percent(red, 1)}"
        f"{'' if places.takes_part(run, place.code) else ', since it is assumed to join no contract'}."
    )


def _adds(points: float) -> str:
    """What the programme does to a probability, in words."""
    if abs(points) < 0.005:
        return "adds nothing to"
    return (
        f"{'adds' if points > 0.0 else 'takes'} {abs(points):.2f} points {'to' if points > 0.0 else 'from'}"
    )


def _moved(run: Run, place: places.Place) -> str:
    """What moves it most; nothing where that was not looked for."""
    return "" if run.drivers is None else f" What moves it most: {_moved_by(run.drivers, place)}."


def _moved_by(found: Drivers, place: places.Place) -> str:
    first, second = [swing for swing in state_swings(found, place.code) if swing.kind == DRIVER][:2]
    stands = float(found.swings[place.code, "budget"].mean[1])
    return (
        f"{first.name} (a red year in {percent(stands + first.low)} of paths at its P10, in "
        f"{percent(stands + first.high)} at its P90), then {second.name}"
    )


def _worst(run: Run, place: places.Place) -> tuple[int, float]:
    """Number of the year in which red is most probable in the baseline, and how probable."""
    red = run.statistics.probability("red", run.baseline, place.code)
    t = int(np.argmax(red))
    return t, float(red[t])


def _mean(run: Run, metric: str, place: places.Place, t: int) -> float:
    return float(run.statistics.mean(metric, run.baseline, place.code)[t])
