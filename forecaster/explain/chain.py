"""All chapters of a chain."""

from collections.abc import Callable
from dataclasses import dataclass

from forecaster.case import Case
from forecaster.explain.addresses import Addresses
from forecaster.explain.budget import budget
from forecaster.explain.calls import calls
from forecaster.explain.commitments import commitments
from forecaster.explain.investment import investment
from forecaster.explain.result import result
from forecaster.explain.spot import Spot
from forecaster.explain.steps import Chapter
from forecaster.run import Run


@dataclass(frozen=True)
class Chain:
    """From inputs to the strain of a spot. addresses: where its numbers stand in the workbook."""

    spot: Spot
    chapters: tuple[Chapter, ...]
    addresses: Addresses


def chain(run: Run, code: str, year: int, scenario: str, report: Case) -> Chain:
    """The chain of a state in a projected year and a scenario of a run.

    report: the case of the workbook in which its numbers have cells.
    """
    spot = Spot(run, code, year, scenario)
    return Chain(spot, tuple(chapter(spot) for chapter in CHAPTERS), Addresses(run, report))


CHAPTERS: tuple[Callable[[Spot], Chapter], ...] = (budget, investment, commitments, calls, result)
