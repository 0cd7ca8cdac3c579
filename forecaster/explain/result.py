"""Chapter five: strain, on the median path and over all paths."""

from collections.abc import Iterator

from forecaster.explain.spot import Spot
from forecaster.explain.steps import Chapter, Step, assumed, computed, simulated, text
from forecaster.report.fans import MEDIAN
from forecaster.sheets.strain import STRAIN


def result(spot: Spot) -> Chapter:
    """Steps to strain and the probability of red."""
    return Chapter("Strain", (*_median(spot), *_paths(spot)))


def _median(spot: Spot) -> Iterator[Step]:
    net = spot.at(spot.run.statistics.mean("net_call", spot.scenario, spot.code))
    signed, has = spot.at(spot.outcome.standing.committed), spot.at(spot.outcome.standing.investment)
    formula = f"({text(signed)} + {text(net)}) / {text(has)}: signed before and mean net call over investment"
    yield computed("strain on the median path", (signed + net) / has, "share", formula)


def _paths(spot: Spot) -> Iterator[Step]:
    statistics, place = spot.run.statistics, (spot.scenario, spot.code)
    median = spot.at(statistics.percentiles("strain", *place, (0.50,)))
    yield simulated("strain, median of all paths", median, "share", ref=STRAIN.at(spot.key, MEDIAN))
    yield simulated("strain, mean of all paths", spot.at(statistics.mean("strain", *place)), "share")
    yield assumed(spot, "strain.red", "red: strain above")
    words = f"paths above {spot.run.case.assumptions.strain.red.value:g} / all paths"
    red = spot.at(statistics.probability("red", *place))
    yield simulated("P(red)", red, "share", words, STRAIN.at(spot.key, "red"))
    half = spot.at(statistics.half_width("red", *place))
    words = f"half of the 95 % Wilson interval, {spot.run.settings.paths:,} paths"
    yield simulated("sampling error of P(red), +/-", half, "share", words, STRAIN.at(spot.key, "error"))
    without = spot.at(statistics.probability("red_without", *place))
    yield simulated("P(red) without the programme", without, "share", ref=STRAIN.at(spot.key, "red without"))
