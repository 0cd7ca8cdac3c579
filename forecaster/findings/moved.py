"""Whether there is anything to draw: a chart of nothing but zeros says nothing."""

from forecaster.run import Run
from models.arrays import UNION


def moved(run: Run, metric: str) -> bool:
    """Whether a metric of the union is other than zero on average in any year of any scenario."""
    return any(run.statistics.mean(metric, name, UNION).any() for name in run.settings.scenarios)
