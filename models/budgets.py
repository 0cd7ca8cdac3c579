"""Predictive distributions of yearly defence budgets: a projection, the ministry's plans, the pledge."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from models.arrays import Booleans, Floats
from models.fitted import arima, damped_ets, unobserved_components
from models.plans import Chain, PlanRow, PlanRules, chain, pledge_pull, shift
from models.pooled import pooled
from models.projection import CENTRE, SCORES, Method, SeriesError, joined
from models.rounding import rounded
from models.univariate import (
    combination,
    persistent_growth,
    random_walk,
    random_walk_drift,
    random_walk_drift_levels,
    theta,
)

LEAST_ROOM = 0.1
"""Log distance to the limit of shares that even a budget near it keeps."""


@dataclass(frozen=True)
class Position:
    """Where the states of a case stand; S states, T projected years.

    states: codes; years: projected years, the first follows the base year; history_years (Yh) end with the
    base year; history: budgets [EUR m] (S, Yh), NaN where missing; shares: the longest series of the same
    budget [% of GDP] (S, Z), its last column the base year; gdp: base year and projected years [EUR m] (S,
    T+1); allies: who pledged (S,).
    """

    states: tuple[str, ...]
    years: tuple[int, ...]
    history_years: tuple[int, ...]
    history: Floats
    shares: Floats
    gdp: Floats
    allies: Booleans


@dataclass(frozen=True)
class Forecast:
    """Budgets of S states in T years: exp(center + spread at a normal score + weight * pledge_pull) [EUR m].

    base: budget of the base year [EUR m] (S,); gdp: baseline path [EUR m] (S, T); center: log of the median
    with plans blended and no pledge [log EUR m] (S, T); spread: log deviation from it on SCORES (S, T, K),
    0 at z = 0; pledge_pull: log distance up to the pledged path (S, T); plan: chained plans [EUR m] (S, T),
    NaN without one; plan_status: "", "voted", "estimate", "plan" or "announced" (S, T); method, notes: per
    state; history: [EUR m] (S, Yh) in history_years.
    """

    states: tuple[str, ...]
    years: tuple[int, ...]
    base: Floats
    gdp: Floats
    center: Floats
    spread: Floats
    pledge_pull: Floats
    plan: Floats
    plan_status: tuple[tuple[str, ...], ...]
    method: tuple[str, ...]
    notes: tuple[str, ...]
    history_years: tuple[int, ...]
    history: Floats


def forecast(
    position: Position,
    panel: Floats,
    rules: PlanRules,
    plans: Sequence[PlanRow] = (),
    method: str = "pooled",
) -> Forecast:
    """Forecast every state of a position by one of METHODS, fitted on a panel of shares [% of GDP] (N, Z).

    The panel's last column is the base year. No state's figures depend on which others are in the position.
    Raises SeriesError naming the state whose base year has no budget.
    """
    _refuse_without_base(position)
    chains = _chains(position, plans)
    grown, names, told = _grown(position, panel, chains, METHODS[method])
    medians = _medians(position, chains, grown[:, :, CENTRE])
    center = medians + np.array(
        [shift(plan, median, rules) for plan, median in zip(chains, medians, strict=True)]
    )
    pull = np.array([_pull(position, row, chains[row], center[row], rules) for row in range(len(center))])
    return Forecast(
        states=position.states,
        years=position.years,
        base=position.history[:, -1],
        gdp=position.gdp[:, 1:],
        center=rounded(center, 9),
        spread=bounded(
            _spread(grown, chains, rules.voted_sd), center, position.gdp[:, 1:], rules.share_limit
        ),
        pledge_pull=rounded(pull, 9),
        plan=np.array([plan.amount for plan in chains]),
        plan_status=tuple(plan.status for plan in chains),
        method=names,
        notes=tuple(joined(plan.note, note) for plan, note in zip(chains, told, strict=True)),
        history_years=position.history_years,
        history=position.history,
    )


def bounded(spread: Floats, center: Floats, gdp: Floats, share_limit: float) -> Floats:
    """Spread whose upper tail bends towards a limit [% of GDP], as d / sqrt(1 + (d / room)^2). (S, T, K).

    Scales of growth measured through the 1990s would else put a twentieth of some states' paths above any
    share of GDP a member state has spent in peace or war. Small deviations hardly move.
    """
    room = np.maximum(np.log(share_limit / 100.0 * gdp) - center, LEAST_ROOM)[:, :, None]
    return rounded(np.where(spread > 0.0, spread / np.sqrt(1.0 + (spread / room) ** 2), spread), 9)


def own_shares(history: Floats, gdp: Floats, reference: Floats) -> Floats:
    """Budgets of a case (S, Y) as shares of GDP [%], carried back by the growth of reference shares (S, Z).

    History and GDP [EUR m] cover the last Y of the reference's Z years; NaN where missing. Where a reference
    row is all NaN, the own years stand alone.
    """
    shares = np.full_like(reference, np.nan)
    shares[:, -history.shape[1] :] = 100.0 * history / gdp
    for row, known in enumerate(np.isfinite(shares)):
        first = int(known.argmax())
        if known.any() and np.isfinite(reference[row, first]):
            shares[row, :first] = reference[row, :first] * shares[row, first] / reference[row, first]
    return shares


def gdp_path(gdp: Floats, growth: Floats, deflator: Floats, beyond: int) -> Floats:
    """GDP [EUR m] (S, Y) carried on by the last real growth and deflator [share per year] (S,)."""
    nominal = (1.0 + growth) * (1.0 + deflator)
    later = gdp[:, -1:] * nominal[:, None] ** np.arange(1, beyond + 1)
    return np.concatenate([gdp, later], axis=1)


def _refuse_without_base(position: Position) -> None:
    base = position.history[:, -1]
    missing = [code for code, value in zip(position.states, base, strict=True) if not value > 0.0]
    if missing:
        year = position.history_years[-1]
        raise SeriesError(
            f"no positive budget in {year} for {', '.join(missing)}: no origin to forecast from"
        )


def _chains(position: Position, plans: Sequence[PlanRow]) -> tuple[Chain, ...]:
    base = zip(position.states, position.history[:, -1].tolist(), strict=True)
    return tuple(
        chain([row for row in plans if row.state == code], position.years, value) for code, value in base
    )


def _grown(
    position: Position, panel: Floats, chains: Sequence[Chain], method: Method
) -> tuple[Floats, tuple[str, ...], tuple[str, ...]]:
    """Log growth of shares since the last settled year (S, T, K), zero in settled years; methods; notes.

    A settled budget is an observation: the method starts from it, so states go by their number of settled
    years.
    """
    grown = np.zeros((len(chains), len(position.years), len(SCORES)))
    names, notes = [""] * len(chains), [""] * len(chains)
    for settled in sorted({plan.settled for plan in chains}):
        rows = [row for row, plan in enumerate(chains) if plan.settled == settled]
        known = np.array([chains[row].amount[:settled] for row in rows]).reshape(len(rows), settled)
        series = _extended(position, rows, known)
        found = method(series, panel, max(len(position.years) - settled, 1))
        grown[rows, settled:] = found.log_quantiles[:, : len(position.years) - settled]
        for row, name, note in zip(rows, found.method, found.notes, strict=True):
            names[row], notes[row] = name, note
    return grown, tuple(names), tuple(notes)


def _extended(position: Position, rows: Sequence[int], known: Floats) -> Floats:
    """Shares of some states with their settled budgets [EUR m] (rows, settled) as further years."""
    budget = known / position.history[rows, -1:]
    economy = position.gdp[rows, 1 : 1 + known.shape[1]] / position.gdp[rows, :1]
    shares = position.shares[rows]
    return np.concatenate([shares, shares[:, -1:] * budget / economy], axis=1)


def _medians(position: Position, chains: Sequence[Chain], growth: Floats) -> Floats:
    """Log medians before plans (S, T): settled figures, then the last one grown by shares and GDP."""
    medians = np.empty(growth.shape)
    for row, plan in enumerate(chains):
        known = np.concatenate([position.history[row, -1:], plan.amount[: plan.settled]])
        start = np.log(known[-1] / position.gdp[row, plan.settled])
        medians[row] = start + growth[row] + np.log(position.gdp[row, 1:])
        medians[row, : plan.settled] = np.log(known[1:])
    return medians


def _spread(grown: Floats, chains: Sequence[Chain], voted_sd: float) -> Floats:
    """Deviations from the median on SCORES (S, T, K): vote against outturn, and the method's, combined."""
    method = grown - grown[:, :, CENTRE : CENTRE + 1]
    settled = np.array([plan.settled > 0 for plan in chains])
    vote = np.where(settled[:, None, None], voted_sd * SCORES, 0.0)
    spread: Floats = np.copysign(np.sqrt(method * method + vote * vote), SCORES)
    return spread


def _pull(position: Position, row: int, plan: Chain, center: Floats, rules: PlanRules) -> Floats:
    gdp = position.gdp[row]
    budget = np.concatenate([position.history[row, -1:], np.exp(center)])
    ally = bool(position.allies[row])
    return pledge_pull(plan, 100.0 * budget / gdp, gdp[1:], rules, position.history_years[-1], ally=ally)


METHODS: Mapping[str, Method] = MappingProxyType(
    {
        "pooled": pooled,
        "combination": combination,
        "theta": theta,
        "persistent_growth": persistent_growth,
        "damped_ets": damped_ets,
        "unobserved_components": unobserved_components,
        "arima": arima,
        "random_walk": random_walk,
        "random_walk_drift": random_walk_drift,
        "random_walk_drift_levels": random_walk_drift_levels,
    }
)
"""What a case may ask for by name."""


def in_words(method: str) -> str:
    """What one of METHODS does: the first line of its description."""
    return (METHODS[method].__doc__ or "").strip().split("\n")[0]
