"""Tables of results in long form: one figure a row, named by scenario, place or line, year and quantity."""

from collections.abc import Iterator, Sequence
from contextlib import suppress

from forecaster.datapackage.names import (
    BY_EVENT,
    BY_LINE,
    BY_METRIC,
    BY_PLACE,
    BY_SCENARIO,
    BY_YEAR,
    METRIC,
    PLACE,
    SCENARIO,
    UNIT,
    YEAR,
    Row,
)
from forecaster.datapackage.schema import Resource, number, string, whole
from forecaster.report.fans import PERCENTILES
from forecaster.run import Run
from models.arrays import UNION, Floats
from models.metrics import EVENTS, LINE_METRICS, METRICS, MONEY

MEAN, STANDARD_ERROR, SHORTFALL = "mean", "standard_error", "shortfall"
SIMULATED = "simulated by this run"


def _results(run: Run) -> Iterator[Row]:
    for scenario in run.settings.scenarios:
        for place in (*run.states, UNION):
            for name, metric in METRICS.items():
                for statistic, values in _kept(run, name, scenario, place):
                    yield from (
                        (scenario, place, year, name, statistic, float(value), metric.unit)
                        for year, value in zip(run.years, values, strict=True)
                    )


def _kept(run: Run, metric: str, scenario: str, place: str) -> Iterator[tuple[str, Floats]]:
    """Each statistic that a run keeps of a quantity, by year."""
    statistics = run.statistics
    for name, of in ((MEAN, statistics.mean), (STANDARD_ERROR, statistics.standard_error)):
        with suppress(KeyError):  # a scenario does not keep it
            yield name, of(metric, scenario, place)
    if statistics.has(metric, scenario):
        yield from zip(PERCENTILES, statistics.percentiles(metric, scenario, place).T, strict=True)
        if metric == "gap":
            level = run.case.assumptions.strain.shortfall_level.value
            yield SHORTFALL, statistics.shortfall(metric, scenario, place, level)


def _probabilities(run: Run) -> Iterator[Row]:
    for scenario in run.settings.scenarios:
        for place in (*run.states, UNION):
            for event in EVENTS:
                share = run.statistics.probability(event, scenario, place)
                width = run.statistics.half_width(event, scenario, place)
                yield from (
                    (scenario, place, year, event, float(p), float(w))
                    for year, p, w in zip(run.years, share, width, strict=True)
                )


def _any_year(run: Run) -> Iterator[Row]:
    for scenario in run.settings.scenarios:
        for place in (*run.states, UNION):
            for event in EVENTS:
                yield scenario, place, event, run.statistics.any_year(event, scenario, place)


def _states_in_red(run: Run) -> Iterator[Row]:
    for scenario in run.settings.scenarios:
        for year, shares in zip(run.years, run.statistics.at_once("red", scenario), strict=True):
            yield from ((scenario, year, count, float(share)) for count, share in enumerate(shares))


def _line_codes(run: Run) -> Sequence[str]:
    return (*(line.id for line in run.case.programme.lines), UNION)


def _outlays(run: Run) -> Iterator[Row]:
    for scenario, line, name, statistic, values in _of_lines(run, yearly=True):
        yield from (
            (scenario, line, year, name, statistic, float(value), MONEY)
            for year, value in zip(run.years, values, strict=True)
        )


def _line_totals(run: Run) -> Iterator[Row]:
    for scenario, line, name, statistic, values in _of_lines(run, yearly=False):
        yield scenario, line, name, statistic, float(values[0]), MONEY


def _of_lines(run: Run, *, yearly: bool) -> Iterator[tuple[str, str, str, str, Floats]]:
    """Scenario, line, quantity, statistic and values of each quantity of a line that is kept."""
    for scenario in run.settings.scenarios:
        for line in _line_codes(run):
            for name, metric in LINE_METRICS.items():
                if metric.yearly == yearly:
                    for statistic, values in _kept(run, name, scenario, line):
                        yield scenario, line, name, statistic, values


STATISTIC = string(
    "statistic",
    "mean, standard_error (sampling error of the mean of a ratio: one standard deviation), a percentile "
    "(P5 to P95; never to be added up) or shortfall: the mean beyond the level strain.shortfall_level",
)
VALUE = number("value", "the figure")
PROBABILITY = number("probability", "share of paths", "share")


RESULTS: tuple[Resource, ...] = (
    Resource(
        "results",
        "Budgets, investment, calls by layer, treasury calls and strain by scenario, place and year",
        SIMULATED,
        (SCENARIO, PLACE, YEAR, METRIC, STATISTIC, VALUE, UNIT),
        ("scenario", "place", "year", "metric", "statistic"),
        _results,
        {**BY_SCENARIO, **BY_PLACE, **BY_YEAR, **BY_METRIC},
    ),
    Resource(
        "probabilities",
        "Probability of each event by scenario, place and year",
        SIMULATED,
        (
            SCENARIO,
            PLACE,
            YEAR,
            string("event", "event"),
            PROBABILITY,
            number(
                "half_width", "half of its 95 % Wilson interval: sampling error, no judgement in it", "share"
            ),
        ),
        ("scenario", "place", "year", "event"),
        _probabilities,
        {**BY_SCENARIO, **BY_PLACE, **BY_YEAR, **BY_EVENT},
    ),
    Resource(
        "probabilities_any_year",
        "Probability that an event occurs in at least one year",
        SIMULATED,
        (SCENARIO, PLACE, string("event", "event"), PROBABILITY),
        ("scenario", "place", "event"),
        _any_year,
        {**BY_SCENARIO, **BY_PLACE, **BY_EVENT},
    ),
    Resource(
        "states_in_red",
        "Probability that so many states are in red in the same year",
        SIMULATED,
        (SCENARIO, YEAR, whole("states", "number of states of the case in red", "states"), PROBABILITY),
        ("scenario", "year", "states"),
        _states_in_red,
        {**BY_SCENARIO, **BY_YEAR},
    ),
    Resource(
        "outlays",
        "EU payments and contract outlays by scenario, line and year",
        SIMULATED,
        (SCENARIO, string("line", "line; EU for all"), YEAR, METRIC, STATISTIC, VALUE, UNIT),
        ("scenario", "line", "year", "metric", "statistic"),
        _outlays,
        {**BY_SCENARIO, **BY_LINE, **BY_YEAR, **BY_METRIC},
    ),
    Resource(
        "line_totals",
        "Commitments, what is paid after the horizon and what lapses, by scenario and line",
        SIMULATED,
        (SCENARIO, string("line", "line; EU for all"), METRIC, STATISTIC, VALUE, UNIT),
        ("scenario", "line", "metric", "statistic"),
        _line_totals,
        {**BY_SCENARIO, **BY_LINE, **BY_METRIC},
    ),
)
