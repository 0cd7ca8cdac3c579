"""What red means in a run, beyond all that can be invested or beyond another threshold, and when it comes."""

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
    """Number of the year in which red is most probable in the baseline, and how probable."""
    red = run.statistics.probability("red", run.baseline, code)
    t = int(red.argmax())
    return t, float(red[t])
