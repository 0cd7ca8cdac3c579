"""National currencies: what a euro of the model is in a state's own money.

Money of the model is EUR million at the published path of exchange rates, also where the rate itself is
drawn: what a moved rate costs is inside the calls. An amount in national currency is therefore the amount
in euros times the rate of the path in that year, exactly, and a percentile of one is that of the other.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from forecaster.report.styles import amount, euros
from forecaster.run import Run

EURO = "EUR"
TABLE = "exchange"
"""Input table of national currency per euro; its last year stands for all later ones."""


@dataclass(frozen=True)
class Currency:
    """A state's own money. code: such as PLN; rates: of it per euro, one a projected year."""

    code: str
    rates: tuple[float, ...]


def currency(run: Run, state: str) -> Currency | None:
    """Own money of a state; None where that is the euro, or where the case has no rate of a year needed."""
    code = next(entry.currency for entry in run.case.budgets.states if entry.code == state)
    figures = [run.case.budgets.figure(TABLE, state, year) for year in rate_years(run)]
    rates = tuple(figure.value for figure in figures if figure)
    return Currency(code, rates) if code != EURO and len(rates) == len(run.years) else None


def rate_years(run: Run) -> tuple[int, ...]:
    """Year whose rate is used in each projected year."""
    last = max(run.case.budgets.years(TABLE), default=0)
    return tuple(min(year, last) for year in run.years)


def outside(run: Run) -> tuple[str, ...]:
    """States shown that have a money of their own and rates for it."""
    return tuple(code for code in run.states if currency(run, code))


def without_rate(run: Run) -> tuple[str, ...]:
    """States shown outside the euro for whose money the case has no rate."""
    money = {state.code: state.currency for state in run.case.budgets.states}
    return tuple(code for code in run.states if money[code] != EURO and not currency(run, code))


def in_words(run: Run, state: str, yearly: Iterable[float]) -> str:
    """Sum of yearly amounts [EUR million], in national money too: "EUR 70.7 m (PLN 303 m)"."""
    amounts = [float(one) for one in yearly]
    told = euros(sum(amounts))
    own = currency(run, state)
    if own is None:
        return told
    converted = sum(euros * rate for euros, rate in zip(amounts, own.rates, strict=True))
    return f"{told} ({own.code} {amount(converted)} m)"
