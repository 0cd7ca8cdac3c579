"""What a run says in five lines, and as data."""

from typing import Any

import numpy as np

from forecaster.findings.red import beyond, most_strained, worst_year
from forecaster.report.styles import decimal, euros, percent
from forecaster.run import Run
from models.arrays import UNION, Floats

POINT = 0.01
"""A point of probability: effects below it are told as small [share]."""

SHOWN = 3
"""How many of the most strained states are told of."""


def answer(run: Run) -> tuple[str, ...]:
    """Five lines for a reader in a hurry."""
    return (_programme(run), _own_resources(run), _effect(run), _strained(run), _standing(run))


def summary(run: Run) -> dict[str, Any]:
    """The main figures as plain data. Money in EUR million, probabilities as shares."""
    statistics = run.statistics
    return {
        "run_id": run.run_id,
        "settings": {
            "as_of": run.settings.as_of,
            "paths": run.settings.paths,
            "precision": run.settings.precision,
            "seed": run.settings.seed,
            "years": list(run.years),
            "scenarios": list(run.settings.scenarios),
            "states": list(run.states),
        },
        "hashes": dict(run.hashes),
        "checks": {check.name: check.passed for check in run.checks},
        "warnings": list(run.warnings),
        "probability_of_red": {
            scenario: {
                place: [round(float(p), 6) for p in statistics.probability("red", scenario, place)]
                for place in (*run.states, UNION)
            }
            for scenario in run.settings.scenarios
        },
        "own_resources": {
            code: round(float(statistics.mean("eu_budget", run.baseline, code).sum()), 3)
            for code in run.states
        },
    }


def _programme(run: Run) -> str:
    mean, baseline = run.statistics.mean, run.baseline
    paid = float(mean("payments", baseline, UNION).sum() + mean("payments_beyond", baseline, UNION)[0])
    lapsed = float(mean("decommitted", baseline, UNION)[0])
    terms = run.case.programme
    other = [line.name.lower() for line in terms.lines if not line.grant]
    return (
        f"Programme: EUR {decimal(terms.envelope, 0)} m; EU payments EUR {decimal(paid, 0)} m on average, "
        f"{terms.first_payment} to {terms.last_payment}"
        f"{' but for ' if other else ''}{' and '.join(other)}; EUR {decimal(lapsed, 0)} m decommitted."
    )


def _own_resources(run: Run) -> str:
    cost = {code: float(run.statistics.mean("eu_budget", run.baseline, code).sum()) for code in run.states}
    ranked = sorted(cost, key=lambda code: -cost[code])
    if not any(cost.values()):
        return f"Own resources by {run.years[-1]}: none."
    if len(ranked) == 1:
        return (
            f"Own resources by {run.years[-1]}: {euros(cost[ranked[0]])} ({ranked[0]}), on average over "
            "paths."
        )
    return (
        f"Own resources by {run.years[-1]}: from {euros(cost[ranked[0]])} ({ranked[0]}) "
        f"to {euros(cost[ranked[-1]])} ({ranked[-1]}), on average over paths."
    )


def _effect(run: Run) -> str:
    change = {code: programme_effect(run, code) for code in run.states}
    most = max(change, key=lambda code: float(np.abs(change[code]).max()))
    worst = float(change[most][np.abs(change[most]).argmax()])
    over = sum(1 for points in change.values() if float(np.abs(points).max()) >= POINT)
    if worst == 0.0:
        return "Programme's own effect on the probability of red: none."
    points = decimal(100.0 * worst, 2, "+")
    largest = f"Programme's own effect on the probability of red: largest {points} points ({most})"
    return (
        f"{largest}; a point or more in {over} of {len(change)} states." if len(change) > 1 else f"{largest}."
    )


def programme_effect(run: Run, place: str) -> Floats:
    """P(red) with less without the programme, on the same draws [share]. Shape (year,)."""
    probability, baseline = run.statistics.probability, run.baseline
    return probability("red", baseline, place) - probability("red_without", baseline, place)


def effect_of_all_new(run: Run, place: str) -> Floats:
    """The same where states would have bought nothing of its contracts without it."""
    return programme_effect(run, place) + run.judgements.changes_by_new(place)[-1]


def _strained(run: Run) -> str:
    worst = [(place.code, *worst_year(run, place.code)) for place in most_strained(run)[:SHOWN]]
    cells = [f"{code} {percent(red)} in {run.years[t]}" for code, t, red in worst if red > 0.0]
    told = ", ".join(cells) or "none; red on no path"
    return f"Highest probability of red (contracts exceed {beyond(run)}): {told}."


def _standing(run: Run) -> str:
    failed = [check.name for check in run.checks if not check.passed]
    state = "all checks passed" if not failed else f"{len(failed)} of {len(run.checks)} checks FAILED"
    return (
        f"Run {run.run_id}: {run.settings.paths:,} paths{_precision(run)}, seed {run.settings.seed}, {state}."
    )


def _precision(run: Run) -> str:
    """What was asked of the paths and what they reach, where they were chosen by that."""
    if run.settings.precision is None:
        return ""
    reached = 100.0 * run.statistics.worst_half_width("red", run.baseline)
    return f" (P(red) within {reached:.2f} points, {run.settings.precision:g} asked)"
