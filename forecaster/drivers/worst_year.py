"""In which year a state is looked at: one choice for all sheets."""

from models.statistics import Statistics


def worst_year(statistics: Statistics, scenario: str, code: str) -> int:
    """Number of the year in which red is most probable; of the highest mean strain where red never occurs."""
    red = statistics.probability("red", scenario, code)
    return int((red if red.any() else statistics.mean("strain", scenario, code)).argmax())
