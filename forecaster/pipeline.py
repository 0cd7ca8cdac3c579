"""run(case) -> Run.

Budgets and assumptions come in, draws of who pays what and when, and what that strains.
"""

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from forecaster import build, controls
from forecaster.answer import answer, summary
from forecaster.case import Case
from forecaster.engine import Progress, Ways, simulate
from forecaster.expectations import unexpected
from forecaster.judgements import compared
from forecaster.precision import MOST
from forecaster.proof import backtested
from forecaster.run import Run, Settings, identity
from forecaster.scenarios import with_combinations
from models.budgets import Forecast

__all__ = ["answer", "run", "summary"]


def _unseen(done: int, total: int, half_width: float) -> None:
    """Show no progress."""


def run(  # noqa: PLR0913  each is an option of the command line
    case: Case,
    *,
    states: Sequence[str] = (),
    scenarios: Sequence[str] = (),
    paths: int | None = None,
    precision: float | None = None,
    seed: int | None = None,
    years: int | None = None,
    workers: int | None = None,
    progress: Progress = _unseen,
) -> Run:
    """Forecast, simulate and check a case. What is not given is taken from its [run] table.

    No states means all; scenarios may be combined: recession+rate-shock. precision: half-width of P(red) of
    the baseline that paths are doubled for [points]; paths then count for nothing.
    """
    case = replace(case, scenarios=with_combinations(case.scenarios, scenarios))
    settings = _settings(case, scenarios, MOST if precision else paths, seed, years)
    forecast = build.budget_forecast(case, settings.years)
    model = build.model(case, forecast)
    stress = build.scenarios(case, settings.scenarios, len(settings.years))
    with backtested(case, settings.paths, workers) as collected:
        ways = Ways(precision=precision)
        simulated = simulate(model, stress, settings.paths, settings.seed, workers, progress, ways)
        accuracy = collected()
    settings = replace(settings, paths=simulated.statistics.paths, precision=precision)
    return Run(
        case=case,
        settings=settings,
        states=tuple(code for code in case.budgets.codes if not states or code in states),
        forecast=forecast,
        model=model,
        statistics=simulated.statistics,
        judgements=compared(case, model, stress[0], settings.paths, settings.seed, workers),
        checks=controls.checks(case, settings, model, simulated),
        warnings=(
            *case.warnings,
            *_warnings(case, forecast),
            *unexpected(case.scenarios, simulated.statistics, case.budgets.codes),
        ),
        hashes={
            "case": _case_hash(case),
            "fit": _fit_hash(forecast),
            "tally": simulated.statistics.digest(),
        },
        run_id=identity(_case_hash(case), settings, states),
        accuracy=accuracy,
    )


def _settings(
    case: Case, scenarios: Sequence[str], paths: int | None, seed: int | None, years: int | None
) -> Settings:
    given = case.assumptions.run
    first = given.base_year + 1
    chosen = [
        table.id for k, table in enumerate(case.scenarios) if k == 0 or not scenarios or table.id in scenarios
    ]
    return Settings(
        paths=paths or given.paths,
        seed=given.seed if seed is None else seed,
        years=tuple(range(first, first + (years or given.years))),
        scenarios=tuple(chosen),
        as_of=given.as_of.isoformat(),
    )


def _warnings(case: Case, forecast: Forecast) -> Iterator[str]:
    """States forecast without a plan for the year under way, or by another method than was asked for."""
    asked, year = case.assumptions.budgets.method.value, forecast.years[0]
    for code, status, method in zip(forecast.states, forecast.plan_status, forecast.method, strict=True):
        if not status[0]:
            yield f"{code}: no budget voted, estimated or planned for {year}; forecast from its history."
        if method != asked:
            yield f"{code}: forecast by {method} where {asked} was asked for."


def _case_hash(case: Case) -> str:
    """SHA-256 of every figure, plan, assumption, line and scenario.

    The same however the files are written.
    """
    budgets = case.budgets
    content: dict[str, Any] = {
        "figures": sorted((f.table, f.code, f.item, f.value) for f in budgets.figures),
        "plans": [
            (p.code, p.year, repr(p.amount), p.series, p.status, p.use, p.weight) for p in budgets.plans
        ],
        "loans": [(loan.code, loan.allocation, loan.advance) for loan in budgets.loans],
        "rules": [str(rule) for rule in budgets.rules],
        "states": [str(state) for state in budgets.states],
        "assumptions": case.assumptions.model_dump(mode="json"),
        "programme": case.programme.model_dump(mode="json"),
        "scenarios": [table.model_dump(mode="json") for table in case.scenarios],
    }
    return hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def _fit_hash(forecast: Forecast) -> str:
    digest = hashlib.sha256()
    for array in (forecast.center, forecast.spread, forecast.pledge_pull):
        digest.update(np.ascontiguousarray(array).tobytes())
    return digest.hexdigest()
