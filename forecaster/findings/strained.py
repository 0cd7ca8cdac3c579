"""Why strain is high where it is highest, and how much of it is the programme: a sentence or two a state."""

from forecaster.drivers import Drivers
from forecaster.findings.answer import SHOWN, programme_effect
from forecaster.findings.red import most_strained, worst_year
from forecaster.report import places
from forecaster.report.styles import decimal, percent
from forecaster.report.tornado import DRIVER, state_swings
from forecaster.run import Run

BUDGET_IS = {
    "": "no budget of that year is known: it is projected from history",
    "voted": "the budget is voted",
    "estimate": "the budget is an estimate",
    "plan": "the budget is planned",
    "announced": "the budget is announced",
}
"""Standing of a plan -> what that says of the budget."""


def reasons(run: Run) -> tuple[str, ...]:
    """What drives strain in the most strained states that are in red on some path, one line each."""
    return tuple(
        f"{_parts(run, place)}{_moved(run, place)}"
        for place in most_strained(run)[:SHOWN]
        if worst_year(run, place.code)[1] > 0.0
    )


def worst_years(run: Run) -> str:
    """The most strained states with their worst years, and how much of what they owe is the programme.

    Empty where no state shown is in red on any path.
    """
    told, shares = [], []
    for place in most_strained(run)[:SHOWN]:
        t, red = worst_year(run, place.code)
        if red == 0.0:
            continue
        told.append(f"{place.spoken} (red in {percent(red)} of paths in {run.years[t]})")
        net, committed = (_mean(run, metric, place, t) for metric in ("net_call", "committed"))
        shares.append(net / (committed + net))
    if not told:
        return ""
    owe = f"of what {'it owes in that year' if len(told) == 1 else 'they owe in those years'}"
    return f"{', '.join(told)}; {owe} {_share(max(shares))} is the programme"


def _share(share: float) -> str:
    if share <= 0.0:
        return "nothing"
    return "less than 0.1 %" if share < 0.001 else f"at most {percent(share, 1)}"


def _parts(run: Run, place: places.Place) -> str:
    """Obligations of the worst year in parts, out of a hundred euros to invest."""
    t, red = worst_year(run, place.code)
    investment = _mean(run, "investment", place, t)
    signed, net = (100.0 * _mean(run, metric, place, t) / investment for metric in ("committed", "net_call"))
    status = run.forecast.plan_status[run.forecast.states.index(place.code)][t]
    effect = 100.0 * float(programme_effect(run, place.code)[t])
    return (
        f"{place.name}, {run.years[t]}: of every EUR 100 to invest EUR {decimal(signed, 1)} are signed for "
        f"before and EUR {decimal(net, 2)} are the programme's net call; {_invested(run, place, t)}, and "
        f"{BUDGET_IS[status]}. The programme {_adds(effect)} a probability of red of {percent(red, 1)}"
        f"{'' if places.takes_part(run, place.code) else ', since it is assumed to join no contract'}."
    )


def _adds(points: float) -> str:
    """What the programme does to a probability, in words."""
    if points == 0.0:
        return "adds nothing to"
    size = "less than 0.01" if abs(points) < 0.01 else f"{abs(points):.2f}"
    return f"{'adds' if points > 0.0 else 'takes'} {size} points {'to' if points > 0.0 else 'from'}"


def _invested(run: Run, place: places.Place, t: int) -> str:
    """What is invested beside the defence budget: with SAFE loans on top, no part of it."""
    share = percent(_mean(run, "investment", place, t) / _mean(run, "budget", place, t))
    drawn = run.model.states[run.forecast.states.index(place.code)].safe_draw[t]
    if drawn * run.model.capacity.safe_new == 0.0:
        return f"{share} of the defence budget is invested"
    return f"what is invested, SAFE loans on top, comes to {share} of the defence budget"


def _moved(run: Run, place: places.Place) -> str:
    """What moves it most; nothing where that was not looked for."""
    return "" if run.drivers is None else f" What moves it most: {_moved_by(run.drivers, place)}."


def _moved_by(found: Drivers, place: places.Place) -> str:
    first, second = [swing for swing in state_swings(found, place.code) if swing.kind == DRIVER][:2]
    stands = float(found.swings[place.code, "budget"].mean[1])
    return (
        f"{first.name} (red in at least one year in {percent(max(0.0, stands + first.low))} of paths at its "
        f"P10, in {percent(max(0.0, stands + first.high))} at its P90), then {second.name}"
    )


def _mean(run: Run, metric: str, place: places.Place, t: int) -> float:
    return float(run.statistics.mean(metric, run.baseline, place.code)[t])
