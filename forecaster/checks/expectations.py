"""Whether each scenario moves what it is expected to move, and a combination more than its parts."""

from collections.abc import Iterator, Sequence
from typing import Literal

from forecaster.case.scenarios import ScenarioTable
from forecaster.report.styles import percent
from models.arrays import UNION
from models.metrics import EVENTS
from models.statistics import Statistics

Direction = Literal["up", "down", "none"]


def found(statistics: Statistics, quantity: str, scenario: str, baseline: str) -> Direction:
    """Which way a quantity of the union moves from the baseline, summed over years."""
    before, after = (_total(statistics, quantity, one) for one in (baseline, scenario))
    return "none" if after == before else "up" if after > before else "down"


def unexpected(
    tables: Sequence[ScenarioTable], statistics: Statistics, places: Sequence[str]
) -> Iterator[str]:
    """A sentence for each scenario that does not do what it is expected to.

    A combination is expected to be as likely to bring a red year, in each place, as any of its parts, within
    two standard errors.
    """
    baseline = tables[0].id
    run = [table for table in tables if table.id in statistics.tallies]
    for table in run:
        for quantity, direction in table.expects.items():
            moved = found(statistics, quantity, table.id, baseline)
            if moved != direction:
                yield f"Scenario {table.id}: {quantity} was expected to move {direction}, found: {moved}."
        for part in (part for part in table.parts if part in statistics.tallies):
            for place in places:
                yield from _milder(statistics, table.id, part, place)


def _total(statistics: Statistics, quantity: str, scenario: str) -> float:
    if quantity in EVENTS:
        return statistics.any_year(quantity, scenario, UNION)
    return float(statistics.mean(quantity, scenario, UNION).sum())


def _milder(statistics: Statistics, whole: str, part: str, place: str) -> Iterator[str]:
    """A sentence where a combination brings a red year less often than one of its parts."""
    together, alone = (statistics.any_year("red", one, place) for one in (whole, part))
    error = (alone * (1.0 - alone) / statistics.paths) ** 0.5
    if together < alone - 2.0 * error:
        yield (
            f"Scenario {whole}: in {place} a red year is less likely ({percent(together, 1)}) than under "
            f"{part} alone ({percent(alone, 1)})."
        )
