"""What a reader may not expect of the forecasts of a case."""

from collections.abc import Iterator

from forecaster.case import Case
from models.budgets import Forecast


def forecast_cautions(case: Case, forecast: Forecast) -> Iterator[str]:
    """A panel that ends early; states without a plan for a year begun, or by a method not asked for."""
    asked, year = case.assumptions.budgets.method.value, forecast.years[0]
    known = case.budgets.years_until("panel", year - 1)
    if known and known[-1] < year - 1:
        yield (
            f"Reference panel: it ends in {known[-1]} and the base year is {year - 1}; what states have in "
            f"common is taken as of {known[-1]}. Add {year - 1} to the table panel."
        )
    begun = sum(one <= case.assumptions.run.as_of.year for one in forecast.years)
    for code, status, method in zip(forecast.states, forecast.plan_status, forecast.method, strict=True):
        missing = [str(year + t) for t in range(max(begun, 1)) if not status[t]]
        if missing:
            told = f"no budget voted, estimated or planned for {' and '.join(missing)}"
            yield f"{code}: {told}; forecast from its history."
        if method != asked:
            yield f"{code}: forecast by {method} where {asked} was asked for."
