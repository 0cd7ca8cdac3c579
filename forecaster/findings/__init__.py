"""What a run found, in sentences for the first pages of the workbook."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from forecaster.drivers import PROGRAMME, Drivers
from forecaster.findings import ministry
from forecaster.findings.answer import POINT, programme_effect
from forecaster.findings.strained import worst_years
from forecaster.report import places
from forecaster.report.styles import euros, percent
from forecaster.run import Run
from models.accuracy import Backtest, Miss, Score
from models.arrays import UNION

MOVERS = 3
"""Families of drivers that are told."""


def findings(run: Run) -> tuple[str, ...]:
    """Five sentences: money, own resources, effect, strain and its reasons, the hardest scenario."""
    if len(run.states) == 1:
        told = ministry.findings(run)
    else:
        told = (_money(run), _purse(run), f"{effect(run)} {judgement(run)}", _strained(run))
    return tuple(f"{number}. {sentence}" for number, sentence in enumerate((*told, _hardest(run)), start=1))


def expectations(run: Run) -> tuple[str, ...]:
    """Three answers to expect: what the programme changes, what it costs, what rules strain."""
    if len(run.states) == 1:
        return ministry.effect(run), ministry.purse(run), _rulers(run)
    return effect(run), _purse(run), _rulers(run)


def effect(run: Run) -> str:
    """What the programme itself does to the probability of red."""
    change = {place.name: programme_effect(run, place.code) for place in places.states(run)}
    name = max(change, key=lambda state: float(np.abs(change[state]).max()))
    t = int(np.abs(change[name]).argmax())
    over = sum(float(np.abs(points).max()) >= POINT for points in change.values())
    if not change[name].any():
        return "The programme itself does not move the probability of red in any state shown."
    return (
        "The programme itself hardly decides where money runs out: its net effect on the probability of "
        f"red reaches a point or more in {over} of {len(change)} states and is largest for {name} in "
        f"{run.years[t]} ({100.0 * float(change[name][t]):+.2f} points)."
        if over <= len(change) / 4
        else f"The programme changes the probability of red by a point or more in {over} of {len(change)} "
        f"states, most for {name} in {run.years[t]} ({100.0 * float(change[name][t]):+.2f} points)."
    )


def judgement(run: Run) -> str:
    """Where the range of P(red) over the ruling judgements is wider than the programme's own effect."""
    judged = {place.name: _judged_in_worst_year(run, place.code) for place in places.states(run)}
    wider = sum(one.high - one.low > one.effect for one in judged.values())
    name = max(judged, key=lambda state: judged[state].high - judged[state].low)
    widest = judged[name]
    return (
        f"Judgement moves it more: in the worst year of {wider} of {len(judged)} states the range over the "
        "ruling judgements (sheet Drivers) is wider than the programme's own effect; it is widest for "
        f"{name} in {run.years[widest.t]}, from {percent(widest.low)} to {percent(widest.high)}."
        if wider > len(judged) / 2
        else f"The programme's own effect is wider than the range over the ruling judgements (sheet Drivers) "
        f"in the worst year of {len(judged) - wider} of {len(judged)} states."
    )


@dataclass(frozen=True)
class _Judged:
    """A year: its number, the lowest and highest P(red) over the judgements, the programme's effect on it."""

    t: int
    low: float
    high: float
    effect: float


def _judged_in_worst_year(run: Run, code: str) -> _Judged:
    """What is told of the year in which red is most probable."""
    red = run.statistics.probability("red", run.baseline, code)
    t = int(red.argmax())
    low, high = run.judgements.lowest(code, red), run.judgements.highest(code, red)
    return _Judged(t, float(low[t]), float(high[t]), float(np.abs(programme_effect(run, code)[t])))


def trust(run: Run, found: Backtest) -> tuple[str, ...]:
    """Four sentences on how far the ranges of budgets can be believed."""
    main, joint = found.scores[0], {one.dependence: one for one in found.joint}
    rival = max(found.scores[1:], key=lambda score: score.skill)
    alone, together = joint["none"], joint["default"]
    sentences = (
        (
            f"{_verdict(main)}: of 100 past outcomes {100 * main.cover80:.0f} fell inside the 80 % range and "
            f"{100 * main.cover95:.0f} inside the 95 % range."
        ),
        (
            f"The error is {percent(main.skill)} smaller than that of drawing the past on in a straight line "
            f"(90 % interval {percent(main.skill_low)} to {percent(main.skill_high)}); the best alternative, "
            f"'{rival.method}', saves {percent(rival.skill)}."
        ),
        (
            f"States move together: the 80 % range of the total of all held in {100 * together.cover80:.0f} "
            f"of 100 cases; had states been taken as independent, in {100 * alone.cover80:.0f}."
        ),
        (
            f"What no series foresees is a break of policy: {_farthest(run, found.misses)}. A range tells "
            "how far budgets usually move, not what a parliament will decide; voted and planned budgets "
            "come first."
        ),
    )
    return tuple(f"{number}. {sentence}" for number, sentence in enumerate(sentences, start=1))


def panel_name(run: Run, row: int) -> str:
    """Name of a row of the reference panel, its code where the case has no such state."""
    code = run.case.budgets.panel_codes()[row]
    return next((state.name for state in run.case.budgets.states if state.code == code), code)


def _verdict(main: Score) -> str:
    """What cover says of the ranges: within 3 points of 80 and 1.5 of 95 they are as wide as promised."""
    if abs(main.cover80 - 0.80) <= 0.03 and abs(main.cover95 - 0.95) <= 0.015:
        return "The ranges of the defence budgets can be taken at their word"
    return f"The ranges of the defence budgets are too {'narrow' if main.cover95 < 0.95 else 'wide'}"


def _farthest(run: Run, misses: Sequence[Miss]) -> str:
    """The three worst misses."""
    return ", ".join(
        f"{panel_name(run, miss.row)} {miss.year} ({100.0 * (miss.outcome / miss.median - 1.0):+.0f} % "
        f"against the median seen from {miss.origin})"
        for miss in misses[:3]
    )


def _money(run: Run) -> str:
    def total(metric: str) -> float:
        return float(run.statistics.mean(metric, run.baseline, UNION).sum())

    paid = run.statistics.mean("payments", run.baseline, UNION)
    peak = run.years[int(paid.argmax())]
    most = f", more in {peak} (EUR {float(paid.max()):,.0f} m) than in any other year"
    return (
        f"Of EUR {run.case.programme.envelope:,.0f} m the EU pays EUR {total('payments'):,.0f} m by "
        f"{run.years[-1]} on average{most if len(run.years) > 1 else ''}; it sets off contracts of EUR "
        f"{total('outlay') + total('outlay_beyond'):,.0f} m, of which states bear EUR "
        f"{total('outlay_states'):,.0f} m by {run.years[-1]}."
    )


def _purse(run: Run) -> str:
    cost = {
        place.name: float(run.statistics.mean("eu_budget", run.baseline, place.code).sum())
        for place in places.states(run)
    }
    ranked = sorted(cost, key=lambda name: -cost[name])
    return (
        f"Through own resources the programme costs between {euros(cost[ranked[0]])} ({ranked[0]}) and "
        f"{euros(cost[ranked[-1]])} ({ranked[-1]}) by {run.years[-1]} on average, half of the states less "
        f"than {euros(float(np.median(list(cost.values()))))}."
    )


def _strained(run: Run) -> str:
    mean = run.statistics.mean_at_once("red", run.baseline)
    t = int(mean.argmax())
    later = (
        f", the worst year, and {float(mean[-1]):.1f} in {run.years[-1]}: contracts yet to be signed are not "
        "in these figures"
    )
    return (
        f"Most strained in '{run.baseline}': {worst_years(run)}. On average {float(mean[t]):.1f} of all "
        f"{len(run.forecast.states)} states are in red in {run.years[t]}"
        f"{later if t < len(run.years) - 1 else ''}."
    )


def _hardest(run: Run) -> str:
    if len(run.settings.scenarios) == 1:
        return f"Only the scenario '{run.baseline}' was run: nothing is said about harder times."
    return ministry.hardest(run) if len(run.states) == 1 else _hardest_for_all(run)


def _hardest_for_all(run: Run) -> str:
    likely = {name: _likely_red(run, name) for name in run.settings.scenarios}
    worst = max(run.settings.scenarios[1:], key=lambda name: (likely[name], _mean_red(run, name)))
    return (
        f"The hardest scenario is '{worst}': {likely[worst]} of {len(run.states)} states are more likely "
        f"than not to be in red in at least one year, against {likely[run.baseline]} in '{run.baseline}'; "
        f"on average {_mean_red(run, worst):.1f} of all {len(run.forecast.states)} are in red in its worst "
        f"year, against {_mean_red(run, run.baseline):.1f}."
    )


def _likely_red(run: Run, scenario: str) -> int:
    return sum(run.statistics.any_year("red", scenario, code) > 0.5 for code in run.states)


def _mean_red(run: Run, scenario: str) -> float:
    """Mean number of states in red in the worst year."""
    return float(run.statistics.mean_at_once("red", scenario).max())


def _rulers(run: Run) -> str:
    """What strain rests on, and what moves it most."""
    first, falling = run.case.assumptions.capacity.committed.value[0], ", falling by the year"
    signed = (
        f"contracts already signed ({percent(first)} of the investment planned for {run.years[0]}"
        f"{falling if len(run.years) > 1 else ''})"
    )
    if run.drivers is not None:
        return f"Strain is ruled by {signed}. {_movers(run, run.drivers)}"
    small = all(float(np.abs(programme_effect(run, code)).max()) < POINT for code in run.states)
    return (
        f"Strain is ruled by {signed}, by how defence budgets turn out, by cost growth and by the share of "
        f"budgets that is invested{'; not by the programme' if small else ''}."
    )


def _movers(run: Run, found: Drivers) -> str:
    """The families of drivers that take part in most of the variance, and what part the programme's have."""
    if len(run.states) == 1:
        column = found.places.index(run.states[0])
        what = f"strain in {run.years[found.focus.worst[column]]}"
    else:
        column, what = -1, f"the number of states in red in {run.years[found.focus.red]}"
    part = dict(zip(found.families, found.shares.total[:, column].tolist(), strict=True))
    most = sorted(part, key=lambda name: -part[name])[:MOVERS]
    told = ", ".join(f"{name} ({percent(part[name])})" for name in most)
    own = sum(share for name, share in part.items() if name in PROGRAMME)
    return (
        f"What moves {what} most, by the part of the variance that each has a hand in (parts overlap): "
        f"{told}; the programme's own drivers: at most {percent(own, 2)} (sheet Drivers)."
    )
