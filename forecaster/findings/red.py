"""What red means in a run, beyond all that can be invested or beyond another threshold, and when it comes."""

from forecaster.drivers.worst_year import worst_year as worst
from forecaster.report import places
from forecaster.run import Run

MONEY = "investment money"


def beyond(run: Run, money: str = MONEY) -> str:
    """What promises exceed where a state is in red: "investment money", "110 % of investment money"."""
    limit = run.case.assumptions.strain.red.value
    return money if limit == 1.0 else f"{100.0 * limit:g} % of {money}"


def runs_out(run: Run) -> bool:
    """Whether red says that money runs out: not where the threshold leaves some of it."""
    return run.case.assumptions.strain.red.value >= 1.0


def worst_year(run: Run, code: str) -> tuple[int, float]:
    """Number of a state's worst year in the baseline, and how probable red is in it."""
    t = worst(run.statistics, run.baseline, code)
    return t, float(run.statistics.probability("red", run.baseline, code)[t])


def most_strained(run: Run) -> list[places.Place]:
    """Return the states shown, the highest probability of red in a single year of the baseline first.

    Where it is the same, on all paths or on none, the highest mean strain of a year decides.
    """

    def rank(place: places.Place) -> tuple[float, float]:
        strain = run.statistics.mean("strain", run.baseline, place.code)
        return worst_year(run, place.code)[1], float(strain.max())

    return sorted(places.states(run), key=rank, reverse=True)


def worst_year_otherwise(run: Run) -> str:
    """What the worst year is of states that are red on no path, a sentence; nothing where there are none."""
    never = sum(worst_year(run, code)[1] == 0.0 for code in run.states)
    told = f"({never} of {len(run.states)}) is that of its highest mean strain."
    return f"The worst year of a state that is red on no path {told}" if never else ""
