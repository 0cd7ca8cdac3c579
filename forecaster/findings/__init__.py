"""What a run found, in sentences for the first pages of the workbook."""

from collections.abc import Sequence

import numpy as np

from forecaster.drivers import PROGRAMME, Drivers
from forecaster.findings import ministry
from forecaster.findings.answer import POINT, effect_of_all_new, programme_effect
from forecaster.findings.hardest_scenario import hardest
from forecaster.findings.judged import judgement
from forecaster.findings.peak import peak
from forecaster.findings.red import runs_out
from forecaster.findings.remedies import what_helps
from forecaster.findings.strained import worst_years
from forecaster.report import places
from forecaster.report.national import EURO
from forecaster.report.styles import decimal, euros, percent
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
        told = (_money(run), _purse(run), f"{effect(run)} {judgement(run)}", _strained(run), hardest(run))
    return tuple(f"{number}. {sentence}" for number, sentence in enumerate(told, start=1))


def expectations(run: Run) -> tuple[str, ...]:
    """Answers to expect: where and when it strains, why, what helps if looked for, the programme's part."""
    if len(run.states) == 1:
        strained, programme = ministry.strained(run), (ministry.effect(run), ministry.purse(run))
    else:
        strained, programme = _strained(run), (effect(run), _purse(run))
    helps = what_helps(run)
    return strained, _rulers(run), *((helps,) if helps else ()), *programme


def effect(run: Run) -> str:
    """What the programme itself does to the probability of red."""
    change = {place.spoken: programme_effect(run, place.code) for place in places.states(run)}
    name = max(change, key=lambda state: float(np.abs(change[state]).max()))
    t = int(np.abs(change[name]).argmax())
    over = sum(float(np.abs(points).max()) >= POINT for points in change.values())
    if not change[name].any():
        return "The programme itself does not move the probability of red in any state shown."
    points = f"{decimal(100.0 * float(change[name][t]), 2, '+')} points"
    return (
        f"The programme itself hardly decides where {'money runs out' if runs_out(run) else 'red begins'}: "
        f"its net effect on the probability of red reaches a point or more in {over} of {len(change)} states "
        f"and is largest for {name} in {run.years[t]} ({points}){_had_nothing_been_bought(run)}."
        if over == 0
        else f"The programme changes the probability of red by a point or more in {over} of {len(change)} "
        f"states, most for {name} in {run.years[t]} ({points})."
    )


def _had_nothing_been_bought(run: Run) -> str:
    """In how many states the effect is large where nothing of its contracts would be bought without it."""
    over = sum(float(effect_of_all_new(run, code).max()) >= POINT for code in run.states)
    return f"; in {over}, had they bought nothing of its contracts without it" if over else ""


def trust(run: Run, found: Backtest) -> tuple[str, ...]:
    """Four sentences on how far the ranges of budgets can be believed."""
    main, joint = found.scores[0], {one.dependence: one for one in found.joint}
    rival = max(found.scores[1:], key=lambda score: score.skill)
    alone, together = joint["none"], joint["assumed"]
    sentences = (
        (
            f"{_verdict(main)}: of 100 past outcomes {100 * main.cover80:.0f} fell inside the 80 % range and "
            f"{100 * main.cover95:.0f} inside the 95 % range."
        ),
        (
            f"{_error(main)} than that of drawing the past on in a straight line; the best alternative, "
            f"'{rival.method}', saves {percent(rival.skill)}."
        ),
        (
            f"{_together(found)}the 80 % range of the total of all held in {100 * together.cover80:.0f} "
            f"of 100 cases; had states been taken as independent, in {100 * alone.cover80:.0f}."
        ),
        (
            f"What no series foresees is a break of policy{_farthest(run, found.misses)}. A range tells "
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
    off = ((main.cover80 - 0.80, 0.03), (main.cover95 - 0.95, 0.015))
    words = {"narrow" if missed < 0.0 else "wide" for missed, allowed in off if abs(missed) > allowed}
    if not words:
        return "The ranges of the defence budgets can be taken at their word"
    return f"The ranges of the defence budgets are {_too(words)}"


def _too(words: set[str]) -> str:
    return f"too {words.pop()}" if len(words) == 1 else "too narrow here and too wide there"


def _error(main: Score) -> str:
    """How much smaller or larger the error is, with its interval where that is of the same sign."""
    size = f"{percent(abs(main.skill))} {'smaller' if main.skill >= 0.0 else 'larger'}"
    if main.skill < 0.0:
        return f"The error is {size}"
    ends = f"90 % interval {percent(main.skill_low)} to {percent(main.skill_high)}"
    return f"The error is {size} ({ends})"


def _together(found: Backtest) -> str:
    """That states move together, where their errors do at every horizon."""
    return "States move together: " if float(np.min(found.rho)) > 0.0 else "Of states together: "


def _farthest(run: Run, misses: Sequence[Miss]) -> str:
    """The three worst misses."""
    told = ", ".join(
        f"{panel_name(run, miss.row)} {miss.year} ({100.0 * (miss.outcome / miss.median - 1.0):+.0f} % "
        f"against the median seen from {miss.origin})"
        for miss in misses[:3]
    )
    return f": {told}" if told else ""


def _money(run: Run) -> str:
    def total(metric: str) -> float:
        return float(run.statistics.mean(metric, run.baseline, UNION).sum())

    paid = run.statistics.mean("payments", run.baseline, UNION)
    last, contracts = run.years[-1], total("outlay") + total("outlay_beyond")
    sets_off = (
        f"it sets off contracts of EUR {decimal(contracts, 0)} m, of which states bear EUR "
        f"{decimal(total('outlay_states'), 0)} m by {last}{_rates(run)} {_changed(total('net_call'))}"
        if contracts
        else "it sets off no contracts"
    )
    return (
        f"Of EUR {decimal(run.case.programme.envelope, 0)} m the EU pays EUR "
        f"{decimal(total('payments'), 0)} m by {last} on average"
        f"{peak(run, paid, digits=0)}; {sets_off}."
    )


def _rates(run: Run) -> str:
    """That net calls hold what moved rates cost states outside the euro; outlays on contracts do not."""
    if all(state.currency == EURO for state in run.case.budgets.states):
        return ","
    return "; what moved exchange rates cost them included, that is"


def _changed(net: float) -> str:
    """What contracts change for states: much of what they bear would have been bought anyway."""
    more = "more" if net >= 0.0 else "less"
    return f"EUR {decimal(abs(net), 0)} m {more} than they would pay without the programme (net call)"


def _purse(run: Run) -> str:
    cost = {
        place.name: float(run.statistics.mean("eu_budget", run.baseline, place.code).sum())
        for place in places.states(run)
    }
    ranked = sorted(cost, key=lambda name: -cost[name])
    if not any(cost.values()):
        return f"Through own resources no state shown pays anything for the programme by {run.years[-1]}."
    middle = float(np.median(list(cost.values())))
    less = sum(one < middle for one in cost.values())
    most = f", {less} of {len(cost)} states less than {euros(middle)}" if len(cost) > 2 else ""
    return (
        f"Through own resources the programme costs between {euros(cost[ranked[0]])} ({ranked[0]}) and "
        f"{euros(cost[ranked[-1]])} ({ranked[-1]}) by {run.years[-1]} on average{most}."
    )


def _strained(run: Run) -> str:
    mean = run.statistics.mean_at_once("red", run.baseline)
    t = int(mean.argmax())
    if not mean.any():
        return f"On no path is any state in red in '{run.baseline}'."
    later = (
        f", the worst year, and {decimal(float(mean[-1]), 1)} in {run.years[-1]}: contracts yet to be signed "
        "are not in these figures"
    )
    worst = worst_years(run)
    most = (
        f"Most strained in '{run.baseline}', each in its worst year: {worst}."
        if worst
        else f"On no path is any state shown in red in '{run.baseline}'."
    )
    return (
        f"{most} On average "
        f"{decimal(float(mean[t]), 1)} of all "
        f"{len(run.forecast.states)} states are in red in {run.years[t]}"
        f"{later if t < len(run.years) - 1 else ''}."
    )


def _rulers(run: Run) -> str:
    """What strain rests on, and what moves it most."""
    place = run.states[0] if len(run.states) == 1 else UNION
    committed, call = (
        float(run.statistics.mean(one, run.baseline, place).sum()) for one in ("committed", "net_call")
    )
    signed = f"contracts already signed ({_signed(run)})"
    ruled = signed if committed > call else f"the programme's calls, less by {signed}"
    moved = (
        _movers(run, run.drivers)
        if run.drivers
        else "What moves it most was left out of this run (sheet Drivers)."
    )
    return f"Strain is ruled by {ruled}. {moved}"


def _signed(run: Run) -> str:
    """What the payments on contracts already signed rest on."""
    own = np.array([~np.isnan(state.contracted) for state in run.model.states if state.code in run.states])
    if own.all():
        return "by the ministries' own figures"
    if len(own) == 1 and own.any():
        return (
            f"by the ministry's own figures in {own.sum()} of {own.size} years, by an assumed share of "
            "planned investment in the others"
        )
    share = f"{percent(run.model.capacity.committed[0])} of the investment planned for {run.years[0]}"
    but = f"; {own.any(axis=1).sum()} of {len(own)} states have figures of their own" if own.any() else ""
    return f"assumed: {share}{_later_years(run)}{but}"


def _later_years(run: Run) -> str:
    """What is signed for of the years after the first."""
    shares = run.model.capacity.committed[: len(run.years)]
    if len(shares) == 1:
        return ""
    falls = bool((np.diff(shares) < 0.0).all())
    return ", falling by the year" if falls else f", {percent(shares[-1])} for {run.years[-1]}"


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
        f"{told}; the programme's own drivers together: at most {percent(min(own, 1.0), 2)} (sheet Drivers)."
    )
