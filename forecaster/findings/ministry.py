"""What a run found for one state, in sentences for its own workbook: its money beside the euro."""

import numpy as np

from forecaster.findings.answer import POINT, effect_of_all_new, programme_effect
from forecaster.findings.hardest_scenario import hardest_for
from forecaster.findings.judged import in_worst_year
from forecaster.findings.peak import peak
from forecaster.findings.red import MONEY, beyond, runs_out, worst_year
from forecaster.report import national, places
from forecaster.report.places import Place
from forecaster.report.styles import decimal, percent
from forecaster.run import Run
from models.arrays import Floats


def findings(run: Run) -> tuple[str, ...]:
    """Five sentences on the one state shown: treasury, contracts, effect, strain, the hardest scenario."""
    return (
        purse(run),
        _contracts(run),
        f"{effect(run)} {_judgement(run)}",
        strained(run),
        hardest_for(run, _place(run).code),
    )


def purse(run: Run) -> str:
    """What the state's treasury pays through own resources, and what else it pays from there."""
    place = _place(run)
    own = _mean(run, "eu_budget", place)
    return (
        f"Through own resources {place.spoken} pays {national.in_words(run, place.code, own)} for the "
        f"programme by {run.years[-1]} on average{peak(run, own)}; "
        f"{_others(run, own)}."
    )


def _others(run: Run, own: Floats) -> str:
    """What else the treasury pays: loans that are not the programme's."""
    place = _place(run)
    other = _mean(run, "treasury_call", place) - own
    layers = {"SAFE": "safe_service", "the loan to Ukraine": "ukraine_loan"}
    names = " and ".join(name for name, layer in layers.items() if _mean(run, layer, place).any())
    if not other.any():
        return "no loan of the Union weighs on the same treasury"
    return f"from the same treasury {national.in_words(run, place.code, other)} go to {names}"


def effect(run: Run) -> str:
    """What the programme itself does to the state's probability of red."""
    code = _place(run).code
    change = programme_effect(run, code)
    t = int(np.abs(change).argmax())
    if not change.any():
        return "The programme itself does not move the probability of red."
    what = "whether the money suffices" if runs_out(run) else "whether red is reached"
    begin = "itself hardly decides" if abs(float(change[t])) < POINT else "changes"
    points = decimal(100.0 * float(change[t]), 2, "+")
    return (
        f"The programme {begin} {what}: it moves the probability of red by at most {points} points, in "
        f"{run.years[t]}{_had_nothing_been_bought(run, code)}."
    )


def _had_nothing_been_bought(run: Run, code: str) -> str:
    """The same where the state would have bought nothing of its contracts without it."""
    most = 100.0 * float(effect_of_all_new(run, code).max())
    new = run.judgements.changes_by_new(code)[-1].any()
    return f"; had it bought nothing of its contracts without it, by {decimal(most, 2, '+')}" if new else ""


def _judgement(run: Run) -> str:
    """How far P(red) of the worst year moves where the ruling judgements are decided otherwise."""
    code = _place(run).code
    worst = in_worst_year(run, code)
    year = run.years[worst.t]
    effect = float(np.abs(programme_effect(run, code)).max())
    if worst.high - worst.low < 0.5 * POINT:
        either = " either" if effect < POINT else ""
        return f"The ruling judgements, decided otherwise, hardly move it{either}."
    return (
        f"Judgement moves it more: where the ruling judgements are decided otherwise, P(red) in "
        f"{year} is anything from {percent(worst.low)} to {percent(worst.high)} (sheet Judgements)."
        if worst.high - worst.low > worst.effect
        else f"Judgement moves it less: from {percent(worst.low, 1)} to {percent(worst.high, 1)} in {year} "
        "(sheet Judgements)."
    )


def _contracts(run: Run) -> str:
    place = _place(run)
    gross, net = (_mean(run, metric, place) for metric in ("gross_call", "net_call"))
    high = run.statistics.percentiles("net_call", run.baseline, place.code, (0.95,))[:, 0]
    t = int(high.argmax())
    if not places.takes_part(run, place.code):
        return f"No contract of the programme calls on {place.spoken}: it joins only where a case names it."
    return (
        f"Contracts that the programme sets off ask {national.in_words(run, place.code, gross)} of its "
        f"defence investment by {run.years[-1]} on average. Less what would be bought anyway, and less "
        f"grants, that is a net call of {national.in_words(run, place.code, net)}; in {run.years[t]} one "
        f"path of twenty calls for more than EUR {decimal(float(high[t]), 1)} m."
    )


def strained(run: Run) -> str:
    """When the state is in red most often, and what is signed for by then."""
    place = _place(run)
    t, red = worst_year(run, place.code)
    investment = _mean(run, "investment", place)[t]
    signed = _mean(run, "committed", place)[t] / investment
    any_year = run.statistics.any_year("red", run.baseline, place.code)
    others = [code for code in run.forecast.states if code != place.code]
    worse = sum(worst_year(run, code)[1] > red for code in others)
    if red == 0.0:
        return f"On no path is {place.spoken} in red in '{run.baseline}'."
    beside = (
        f" {worse or 'None'} of the other {len(others)} states {'is' if worse == 1 else 'are'} more "
        "strained, each in its worst year."
    )
    return (
        f"Red is most probable in {run.years[t]}: in {percent(red, 1)} of paths promises exceed "
        f"{beyond(run)} before anything is moved or cut; {percent(signed)} of "
        f"{'it' if beyond(run) == MONEY else MONEY} is signed for before."
        f"{beside if others else ''} Red in at least one year: {percent(any_year, 1)} of paths."
    )


def _place(run: Run) -> Place:
    (place,) = places.states(run)
    return place


def _mean(run: Run, metric: str, place: Place) -> Floats:
    return run.statistics.mean(metric, run.baseline, place.code)
