"""run(case) -> Run.

Budgets and assumptions come in, draws of who pays what and when, and what that strains.
"""

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

import numpy as np

from forecaster import __version__, assembly
from forecaster.case import Case, canonical
from forecaster.case.cautions import cautions
from forecaster.case.settings import settled, shown
from forecaster.checks import controls, fingerprint
from forecaster.checks.expectations import unexpected
from forecaster.checks.severity import too_mild
from forecaster.drivers import insight
from forecaster.drivers.breaking import breaking_points
from forecaster.engine import Progress, Ways, simulate
from forecaster.engine.checkpoint import Checkpoints, Kept
from forecaster.engine.crew import CrewOf, load_loops
from forecaster.engine.precision import MOST
from forecaster.errors import InputError
from forecaster.forecasts.backtest import errand
from forecaster.forecasts.cautions import forecast_cautions
from forecaster.machine.interrupts import heard_after
from forecaster.machine.memory import hand_back
from forecaster.machine.processes import Helpers, Team, helped
from forecaster.run import Run, Settings
from models.accuracy import Backtest
from models.budgets import Forecast
from models.severity import Severity, severity
from models.statistics import Statistics


def _unseen(done: int, total: int, half_width: float) -> None:
    """Show no progress."""


def run(
    case: Case,
    *,
    workers: int | None = None,
    progress: Progress = _unseen,
    kept: Kept | None = None,
    crew: CrewOf | None = None,
    team: Team | None = None,
) -> Run:
    """Forecast, simulate and check a case as its [run] table says. One that names a ministry gives its view.

    workers: processes, all cores where None; kept: where an unfinished simulation is kept, nowhere if not
    given; crew: who counts the paths in place of these processes; team: of helpers started ahead.
    """
    case = settled(case)
    settings = _settings(case)
    try:
        with helped(workers, settings.paths, load_loops, team) as helpers:
            done = _run(case, settings, helpers, progress, kept, crew)
    except OverflowError as error:
        raise InputError(f"{error}: a figure or a lever of the case is out of scale.") from error
    hand_back()
    return done.of(case.assumptions.run.ministry) if case.assumptions.run.ministry else done


def _run(
    case: Case,
    settings: Settings,
    helpers: Helpers | None,
    progress: Progress,
    kept: Kept | None,
    crew: CrewOf | None,
) -> Run:
    """Run of a settled case. The backtest is done by a helper while the case becomes a model."""
    backtested = _backtested(case, helpers)
    with heard_after():
        forecast = assembly.budget_forecast(case, settings.years)
        model = assembly.model(case, forecast)
    stress = assembly.scenarios(case, settings.scenarios, len(settings.years))
    ways = _ways(case, forecast, settings, kept, crew)
    simulated = simulate(model, stress, settings.paths, settings.seed, helpers, progress, ways)
    settings = replace(settings, paths=simulated.statistics.paths)
    case = settled(case, paths=settings.paths, precision=settings.precision)
    judgements, driven = insight(case, model, forecast, stress[0], simulated.statistics, helpers)
    hand_back()
    broken = breaking_points(case, model, stress[0], simulated.statistics, helpers)
    with heard_after():
        severities = {scenario.id: severity(model, scenario) for scenario in stress}
        drivers = driven()
        run_id = canonical.run_id(canonical.identity(case), __version__)
    breaking = broken()
    with heard_after():
        accuracy = backtested()
    hand_back()
    return Run(
        case=case,
        settings=settings,
        states=shown(case),
        forecast=forecast,
        model=model,
        statistics=simulated.statistics,
        judgements=judgements,
        drivers=drivers,
        checks=controls.checks(case, settings, model, simulated),
        warnings=tuple(_warnings(case, forecast, simulated.statistics, severities)),
        hashes=_hashes(case, forecast, simulated.statistics),
        run_id=run_id,
        severity=severities,
        breaking=breaking,
        accuracy=accuracy,
    )


def _backtested(case: Case, helpers: Helpers | None) -> Callable[[], Backtest | None]:
    """What waits for the backtest of a case, done by a helper before what is asked next; None without one."""
    work = errand(case)
    if work is None or helpers is None:
        return work or (lambda: None)
    return helpers.aside(work)


def _ways(case: Case, forecast: Forecast, settings: Settings, kept: Kept | None, crew: CrewOf | None) -> Ways:
    """How far to simulate, where an unfinished simulation is kept, who counts."""
    key = repr((canonical.substance(case), _fit_hash(forecast), settings, __version__))
    return Ways(settings.precision, Checkpoints(kept, key) if kept else None, crew)


def _settings(case: Case) -> Settings:
    """What a settled case asks for; the paths are the most where a precision decides."""
    run = case.assumptions.run
    return Settings(
        paths=MOST if run.precision else run.paths,
        seed=run.seed,
        years=run.projected,
        scenarios=run.scenarios or tuple(table.id for table in case.scenarios),
        as_of=run.as_of.isoformat(),
        precision=run.precision,
    )


def _warnings(
    case: Case, forecast: Forecast, statistics: Statistics, severities: Mapping[str, Severity]
) -> Iterator[str]:
    """Of the case, its forecasts and its scenarios."""
    yield from cautions(case)
    yield from case.warnings
    yield from forecast_cautions(case, forecast)
    yield from unexpected(case.scenarios, statistics, case.budgets.codes)
    yield from too_mild(case.scenarios, severities)


def _hashes(case: Case, forecast: Forecast, statistics: Statistics) -> dict[str, str]:
    """SHA-256 of the program, of what went in, of what was fitted and of every integer that was counted."""
    return {
        "code": fingerprint.code(),
        "case": canonical.substance(case),
        "fit": _fit_hash(forecast),
        "tally": statistics.digest(),
    }


def _fit_hash(forecast: Forecast) -> str:
    digest = hashlib.sha256()
    for array in (forecast.center, forecast.spread, forecast.pledge_pull):
        digest.update(np.ascontiguousarray(array).tobytes())
    return digest.hexdigest()
