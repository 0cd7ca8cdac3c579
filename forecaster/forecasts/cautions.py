"""What a reader may not expect of the forecasts of a case."""

from collections.abc import Iterator

from forecaster.case import Case
from models.budgets import Forecast


def forecast_cautions(case: Case, forecast: Forecast) -> Iterator[str]:
    """States forecast without a plan for the year under way, or by another method than was asked for."""
    asked, year = case.assumptions.budgets.method.value, forecast.years[0]
    for code, status, method in zip(forecast.states, forecast.plan_status, forecast.method, strict=True):
        if not status[0]:
            yield f"{code}: no budget voted, estimated or planned for {year}; forecast from its history."
        if method != asked:
            yield f"{code}: forecast by {method} where {asked} was asked for."
