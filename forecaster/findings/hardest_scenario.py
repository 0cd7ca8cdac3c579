"""Which scenario is hardest on the states, and whether any is harder than the baseline, in a sentence."""

from forecaster.report.styles import decimal, percent
from forecaster.run import Run

DIGITS = range(1, 4)
"""Decimals of a mean number of states: the first that tells two of them apart."""


def hardest(run: Run) -> str:
    """Of all states: how many are more likely than not in red once, how many are on average."""
    scenarios = run.settings.scenarios
    if len(scenarios) == 1:
        return _alone(run)
    likely = {name: _likely_red(run, name) for name in scenarios}
    mean = {name: _mean_red(run, name) for name in scenarios}
    worst = max(scenarios[1:], key=lambda name: (likely[name], mean[name]))
    first = run.baseline
    if (likely[worst], mean[worst]) <= (likely[first], mean[first]):
        return _no_harder(run)
    digits = next((n for n in DIGITS if f"{mean[worst]:.{n}f}" != f"{mean[first]:.{n}f}"), DIGITS[0])
    return (
        f"The hardest scenario is '{worst}': {likely[worst]} of {len(run.states)} states "
        f"{'is' if likely[worst] == 1 else 'are'} more likely than not to be in red in at least one year, "
        f"against {likely[first]} in '{first}'; on average {decimal(mean[worst], digits)} of all "
        f"{len(run.forecast.states)} are in red in its worst year, against {decimal(mean[first], digits)}."
    )


def hardest_for(run: Run, code: str) -> str:
    """Of one state: how likely it is in red in at least one year."""
    scenarios, first = run.settings.scenarios, run.baseline
    if len(scenarios) == 1:
        return _alone(run)
    likely = {name: run.statistics.any_year("red", name, code) for name in scenarios}
    worst = max(scenarios[1:], key=lambda name: likely[name])
    if likely[worst] <= likely[first]:
        return _no_harder(run)
    return (
        f"The hardest scenario is '{worst}': red in at least one year in {percent(likely[worst], 1)} of "
        f"paths, against {percent(likely[first], 1)} in '{first}'."
    )


def _alone(run: Run) -> str:
    """What is said where there is nothing to compare."""
    return f"Only the scenario '{run.baseline}' was run: nothing is said about harder times."


def _no_harder(run: Run) -> str:
    """What is said where every other scenario that was run is milder, or as hard."""
    others = run.settings.scenarios[1:]
    milder = f"harder than '{run.baseline}': red comes no more often."
    if len(others) == 1:
        return f"The scenario '{others[0]}' is not {milder}"
    return f"None of the {len(others)} other scenarios is {milder}"


def _likely_red(run: Run, scenario: str) -> int:
    return sum(run.statistics.any_year("red", scenario, code) > 0.5 for code in run.states)


def _mean_red(run: Run, scenario: str) -> float:
    """Mean number of states in red in the worst year."""
    return float(run.statistics.mean_at_once("red", scenario).max())
