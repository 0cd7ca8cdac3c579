"""The year in which most is paid for the programme, as far as the years of a run can tell."""

from forecaster.report.styles import decimal, euros
from forecaster.run import Run
from models.arrays import UNION, Floats


def peak(run: Run, paid: Floats, digits: int | None = None) -> str:
    """The year of the largest payment, to so many decimals; nothing where no year stands out as its own.

    paid: shape (year,) [EUR million]. The first year also holds what calls before it led to.
    """
    if len(run.years) == 1 or not paid.any() or run.case.programme.first_call < run.years[0]:
        return ""
    t = int(paid.argmax())
    largest = float(paid[t])
    amount = euros(largest) if digits is None else f"EUR {decimal(largest, digits)} m"
    return f", more in {run.years[t]} ({amount}) than in any other year{_so_far(run)}"


def _so_far(run: Run) -> str:
    """Until when that is known, where as much may be paid in a year after the last."""
    mean, baseline = run.statistics.mean, run.baseline
    later = float(mean("payments_beyond", baseline, UNION).sum())
    return f" to {run.years[-1]}" if later > float(mean("payments", baseline, UNION).max()) else ""
