"""Values that are allowed, and yet look like a slip: told, as a run cannot know what was meant."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import date, timedelta

from forecaster.case.case import Case
from forecaster.case.law import AMOUNTS, REGULATION, legal_checks
from forecaster.case.programme import Line
from forecaster.case.quantities import Record
from forecaster.case.scenarios import BASELINE
from forecaster.case.slips_of_tables import slips_of_tables
from forecaster.errors import did_you_mean
from forecaster.toml import ASSUMPTIONS, PROGRAMME, SCENARIOS
from models.stress import FACTOR, LEVERS, LIMITS

LAW = "2025/2643"
"""Number of the regulation whose bounds are known, as it stands in a legal basis."""

LEAST_PERCENT = 0.1
"""A per cent below it is taken for a share of one."""

LEAST_FACTOR = 0.3
"""A factor below it is taken for a part that is taken away."""

LONG = timedelta(days=183)
"""How long after the newest of its figures a case may be as of."""

MONTHS = 12.0
"""Contracts none of which takes longer are taken for contracts of as many years."""


def slips(case: Case) -> Iterator[str]:
    """A line for each, with file and key, what it means as it stands, and what else may be meant."""
    for key, record in case.assumptions.entries():
        yield from (f"{ASSUMPTIONS}, {key}: {told}" for told in _percent(record))
    yield from (f"{ASSUMPTIONS}, {told}" for told in _dates(case))
    yield from (f"{PROGRAMME}, {told}" for told in (*_calls(case), *_lines(case), *_unbound(case)))
    yield from (f"{SCENARIOS}, {told}" for told in (*_levers(case), *_doubled(case), *_titles(case)))
    yield from slips_of_tables(case)


def _percent(record: Record) -> Iterator[str]:
    """Per cent of GDP written as a share."""
    value = record.value
    if record.unit == "% of GDP" and isinstance(value, float) and 0.0 < value < LEAST_PERCENT:
        yield f"{value:g} per cent of GDP. If {100.0 * value:g} per cent is meant, write {100.0 * value:g}."


def _dates(case: Case) -> Iterator[str]:
    """Days and years before the run begins, which then count for nothing or for less."""
    run, given = case.assumptions.run, case.assumptions.budgets
    if wrong := _wrong_day(run.as_of, run.projected, max(_days(case), default=run.as_of)):
        yield f"run.as_of: {run.as_of.isoformat()} is {wrong}"
    if given.pledge_year.value <= run.base_year:
        yield (
            f"budgets.pledge_year: {given.pledge_year.value} is not after the base year {run.base_year}; the "
            "target stands as reached in the first year after the plans."
        )
    if run.ministry and run.states:
        yield f"run.states: not used, as run.ministry shows the view of {run.ministry} alone."


def _wrong_day(day: date, years: Sequence[int], newest: date) -> str:
    """What is odd about the day of a case, beside the years it projects and the day of its newest figures."""
    figures = f"the newest figures, of {newest.isoformat()} (as_of in the tables plans and sources)"
    if day.year < years[0] - 1:
        return f"before the base year, {years[0] - 1}."
    if day.year > years[-1]:
        known = "Give the day on which the figures were known, or a later run.base_year"
        return f"after the last projected year {years[-1]}. {known}."
    if day < newest:
        return f"before {figures}. Give the day on which all figures were known."
    if day - newest > LONG:
        return f"more than half a year after {figures}. A slip of the year, or are newer figures out?"
    return ""


def _days(case: Case) -> Iterator[date]:
    """Days or months as of which tables and plans are; a text that is neither is left out."""
    budgets = case.budgets
    for text in (*(one.as_of for one in budgets.sources), *(one.as_of for one in budgets.plans)):
        with suppress(ValueError):
            yield date.fromisoformat(f"{text}-01"[:10])


def _calls(case: Case) -> Iterator[str]:
    """Calls that close in another year than the one after which they are called, before or after payments."""
    first, last = case.programme.first_payment, case.programme.last_payment
    for call in case.programme.calls:
        day = call.date.isoformat()
        if call.date.year > last:
            yield f"programme.calls: that of {call.year} closes on {day}, after the last payments ({last})."
        elif abs(call.date.year - call.year) > 1:
            yield (
                f"programme.calls: that of {call.year} closes on {day}. Awards and payments follow the day; "
                "the year counts for lines with spread_to alone."
            )
    if first < case.programme.first_call:
        yield f"programme.first_payment: {first} is before the first call, of {case.programme.first_call}."


def _lines(case: Case) -> Iterator[str]:
    """Payments that fall due too late, months that look like years, and what only a contract heeds."""
    last = case.programme.last_payment
    left = last - min(call.date.year for call in case.programme.calls)
    for line in case.programme.lines:
        late = [after for after, share in line.steps if share > 0.0 and after > left]
        if late:
            yield (
                f"line[{line.id}].steps: what falls due {late[0]:g} years after award is never paid, as "
                f"payments end in {last} (programme.last_payment)."
            )
        if line.spread_to is not None and line.spread_to > last:
            yield (
                f"line[{line.id}].spread_to: {line.spread_to} is after the last payments ({last}, "
                "programme.last_payment). Correct one of them."
            )
        if line.contract and line.duration[1] < MONTHS:
            low, high = line.duration
            yield f"line[{line.id}].duration: {low:g} to {high:g} months. Durations are months, not years."
        if line.bonus_share is not None and line.bonus_share < (share := _usual_share(line)):
            yield (
                f"line[{line.id}].bonus_share: {line.bonus_share:g} is below eu_share, {share:g}; a bonus "
                "raises what the EU bears."
            )
        if not line.contract and (unused := _of_contracts(line)):
            yield f"line[{line.id}]: {', '.join(unused)} of no effect, as contract is false."


def _usual_share(line: Line) -> float:
    """EU's share of the contract without a bonus, in the case in which it is least."""
    return line.eu_share if isinstance(line.eu_share, float) else min(line.eu_share.values())


def _of_contracts(line: Line) -> list[str]:
    """Keys that say something about a contract."""
    said = {
        "eu_share": line.eu_share != 1.0,
        "states_part": line.states_part > 0.0,
        "grant_to": line.grant_to == "states",
        "new": line.new < 1.0,
        "participants": bool(line.participants),
        "min_participants": line.min_participants > 0,
        "ranges": line.ranges is not None,
    }
    return [key for key, holds in said.items() if holds]


def _unbound(case: Case) -> Iterator[str]:
    """Bounds of the law that are not looked at, as the law or a line goes by another name."""
    terms = case.programme
    if LAW in terms.legal_basis and not legal_checks(terms):
        yield (
            f"programme.celex: '{terms.celex}' is not {REGULATION}, so the bounds of that regulation are not "
            "looked at."
        )
    ids = [line.id for line in terms.lines]
    for name, *_, article in AMOUNTS if legal_checks(terms) else ():
        if name not in ids:
            near = did_you_mean(name, set(ids) - {row[0] for row in AMOUNTS})
            yield f"line: none has the id {name}, whose amount {article} bounds.{near}"


def _levers(case: Case) -> Iterator[str]:
    """Scenarios that move nothing in the projected years, and factors that leave next to nothing."""
    years = case.assumptions.run.years
    for table in case.scenarios:
        levers = {name: list(_numbers(given, years)) for name, given in table.levers.items()}
        leaves = table.levers.get("leaves")
        idle = [
            name
            for name, given in levers.items()
            if set(given) <= {LEVERS[name].neutral} and (name != "leaves" or not leaves)
        ]
        if table.id != BASELINE and len(idle) == len(levers):
            yield f"{table.id}: moves nothing; every lever is neutral in the projected years."
        elif idle and not table.parts:
            yield f"{table.id}.levers: {', '.join(idle)} of no effect, as neutral in the projected years."
        if "leaving_saving" in levers and not leaves and not table.parts:
            yield f"{table.id}.levers.leaving_saving: of no effect, as no state leaves. Name it in leaves."
        if isinstance(leaves, Sequence) and (twice := _twice(leaves)):
            yield f"{table.id}.levers.leaves: {', '.join(twice)} named twice. Is another state meant?"
        for name, given in levers.items():
            least = min(given, default=1.0)
            if LEVERS[name].unit == FACTOR and name not in LIMITS and 0.0 < least < LEAST_FACTOR:
                yield (
                    f"{table.id}.levers.{name}: {least:g} leaves {100.0 * least:g} per cent. To take "
                    f"{100.0 * least:g} per cent away, write {1.0 - least:g}."
                )


def _doubled(case: Case) -> Iterator[str]:
    """Scenarios of which another is a part twice: its levers act twice."""
    parts = {table.id: table.parts for table in case.scenarios}
    for table in case.scenarios:
        if twice := _twice(inner for part in table.parts for inner in (part, *parts.get(part, ()))):
            yield f"{table.id}: the levers of {', '.join(twice)} act twice."


def _titles(case: Case) -> Iterator[str]:
    """Scenarios that a reader of the sheets cannot tell apart."""
    first = {table.id: table.id for table in case.scenarios}
    for table in case.scenarios:
        before = first.setdefault(table.title.casefold(), table.id)
        if before != table.id:
            yield f"{table.id}.title: '{table.title}' is a name of {before} too."


def _twice(names: Iterable[str]) -> list[str]:
    """What stands among some names more than once."""
    return [name for name, count in Counter(names).items() if count > 1]


def _numbers(given: object, years: int) -> Iterator[float]:
    """All numbers of a lever, by state or capability and projected year."""
    if isinstance(given, Mapping):
        for value in given.values():
            yield from _numbers(value, years)
    elif isinstance(given, Sequence) and not isinstance(given, str):
        for value in given[:years]:
            yield from _numbers(value, years)
    elif isinstance(given, int | float):
        yield float(given)
