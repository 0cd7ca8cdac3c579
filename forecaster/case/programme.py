"""programme.toml: the programme as a list of lines, with ranges of judgements on them."""

import math
import sys
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Annotated, Any, Generic, Literal, Self

from pydantic import (
    AfterValidator,
    Field,
    PlainValidator,
    StrictBool,
    StrictFloat,
    StrictInt,
    StrictStr,
    model_validator,
)

from forecaster.case.assumptions import CAPABILITIES
from forecaster.case.quantities import Fraction, Positive, Share, Status, Value, wrong_range
from forecaster.errors import Problems, did_you_mean
from forecaster.toml import Table, TomlFile, Words, checked
from forecaster.toml.keys import Key, item

TOLERANCE = 1e-9

LINE = "line"
"""Beginning of the key of a line's judgement, as in "line.procurement.new"."""

CalendarYear = Annotated[StrictInt, Field(ge=2000, le=2100)]


def _share_or_shares(raw: object) -> float | Mapping[str, float]:
    """Share of the contract the EU pays, or one share a case."""
    shares = raw.values() if isinstance(raw, Mapping) else (raw,)
    for share in shares:
        if isinstance(share, bool) or not isinstance(share, int | float) or not 0.0 < share <= 1.0:
            raise ValueError(f"{share!r} is not a share above 0 and up to 1")
    if isinstance(raw, Mapping) and raw:
        return {str(case): float(share) for case, share in raw.items()}
    if isinstance(raw, int | float):
        return float(raw)
    raise ValueError("needs a share, or a table such as { legal = 0.15, default = 0.08 }")


def _capability(name: str) -> str:
    if name not in CAPABILITIES:
        known = f" Known: {', '.join(CAPABILITIES)}"
        raise ValueError(f"unknown capability.{did_you_mean(name, CAPABILITIES) or known}")
    return name


class Call(Table):
    """A call for proposals. share: part of the envelope committed; date: deadline of the call."""

    year: CalendarYear
    share: Fraction
    date: Annotated[date, Field(strict=True)]


class Range(Table, Generic[Value]):
    """What a reasonable reader would also accept for a judgement, and why."""

    range: tuple[Value, Value]
    reason: Words


# Named here, as helpers find a type by its name in the module.
FractionRange = Range[Fraction]
PaidRange = Range[Annotated[StrictFloat, Field(gt=0, le=1)]]


class Ranges(Table):
    """Ranges of those judgements of a line that are one number and can move by themselves."""

    eu_share: PaidRange | None = None
    states_part: FractionRange | None = None
    new: FractionRange | None = None

    def given(self) -> Iterator[tuple[str, Range[Any]]]:
        """The ranges that a line has, by key of the line."""
        yield from ((key, one) for key, one in self if one is not None)


class Line(Table):
    """One line of the programme.

    amount: EU commitment [EUR million]; eu_share: EU's share of the contract, or one a case; states_part:
    what the states bear of the rest; rest: who bears what nobody else does; grant_to: who receives EU money;
    new: share of the contract that would not be bought without the programme; grant: false for money that is
    no grant; steps: (years after award, share of the grant); milestones: share paid along the contract;
    spread_to: last year of equal yearly parts instead of steps; duration: shortest and longest contract
    [months]; cut: a signed grant may be cut; ukrainian: produced in Ukraine; bonus: whether bonus_share
    takes the place of eu_share; participants: code -> share of the national bill, else drawn; ranges: of its
    judgements.
    """

    id: Annotated[StrictStr, Field(pattern="^[a-z][a-z0-9_]*$")]
    name: Words
    amount: Annotated[float, Field(gt=0, strict=True)]
    contract: StrictBool
    eu_share: Annotated[float | Mapping[str, float], PlainValidator(_share_or_shares)]
    states_part: Fraction
    rest: Literal["states", "industry", "ukraine"]
    grant_to: Literal["states", "industry", "ukraine", "eu"]
    new: Fraction
    grant: StrictBool
    steps: tuple[tuple[Annotated[float, Field(ge=0, le=20, strict=True)], Fraction], ...] = ()
    milestones: Fraction = 0.0
    spread_to: CalendarYear | None = None
    duration: tuple[Positive, Positive]
    new_development: StrictBool
    cut: StrictBool
    ukrainian: StrictBool
    capabilities: Mapping[Annotated[str, AfterValidator(_capability)], Fraction]
    bonus: StrictBool = False
    bonus_share: Fraction | None = None
    participants: Mapping[str, Fraction] | None = None
    min_participants: Annotated[StrictInt, Field(ge=0, le=100)]
    ranges: Ranges | None = None
    source: Words
    status: Status

    def share_of_contract(self, case: str) -> float:
        """EU's share of the contract in a case such as "legal"; raises KeyError where the line lacks it."""
        if self.bonus and self.bonus_share is not None:
            return self.bonus_share
        return self.eu_share if isinstance(self.eu_share, float) else self.eu_share[case]

    def entries(self) -> Iterator[tuple[str, Share]]:
        """Each judgement that counts and has a range, as an assumption: 'line.procurement.new' and record."""
        for key, given in self.ranges.given() if self.ranges else ():
            if key == "eu_share" and self.bonus:
                continue  # bonus_share takes its place
            yield (
                f"{LINE}.{self.id}.{key}",
                Share(
                    value=getattr(self, key),
                    unit="share",
                    source=given.reason,
                    status="judgement",
                    range=given.range,
                    note=ABOUT[key].format(self.name),
                ),
            )

    @model_validator(mode="after")
    def _adds_up(self) -> Self:
        paid = self.milestones + math.fsum(share for _, share in self.steps)
        _refuse(
            (self.spread_to is None and not _is_one(paid), f"steps and milestones add to {paid:.9g}, not 1"),
            (self.spread_to is not None and paid > 0.0, "spread_to leaves no room for steps and milestones"),
            _not_one("capabilities", self.capabilities),
            _not_one("participants", self.participants),
            (self.bonus and self.bonus_share is None, "bonus is true but there is no bonus_share"),
            (self.duration[0] > self.duration[1], "the shortest duration is above the longest"),
            *((True, f"ranges.{key}: {told}") for key, told in self._wrong_ranges()),
        )
        return self

    def _wrong_ranges(self) -> Iterator[tuple[str, str]]:
        """Key and sentence of each range that does not fit the value it stands for."""
        for key, given in self.ranges.given() if self.ranges else ():
            value = getattr(self, key)
            if isinstance(value, Mapping):
                yield key, "has no place beside cases, whose lowest and highest are tried; leave it out"
            elif told := wrong_range((value,), given.range):
                yield key, told


class Terms(Table):
    """The programme as a whole. envelope: all lines together [EUR million]; celex: number of its law."""

    name: Words
    legal_basis: Words
    celex: StrictStr
    envelope: Annotated[float, Field(gt=0, strict=True)]
    first_payment: CalendarYear
    last_payment: CalendarYear
    calls: Annotated[tuple[Call, ...], Field(min_length=1)]
    source: Words
    status: Status

    @model_validator(mode="after")
    def _adds_up(self) -> Self:
        _refuse(
            _not_one("calls", {call.date.isoformat(): call.share for call in self.calls}),
            (self.first_payment > self.last_payment, "first_payment is after last_payment"),
        )
        return self

    @property
    def first_call(self) -> int:
        """Year of the earliest call: lines with equal yearly parts are paid from then on."""
        return min(call.year for call in self.calls)


class Programme(Terms):
    """The programme with its lines."""

    lines: tuple[Line, ...]

    def entries(self) -> Iterator[tuple[str, Share]]:
        """Each judgement that has a range, as an assumption, in the order of the lines."""
        for line in self.lines:
            yield from line.entries()

    def assuming(self, line: str, key: str, value: object) -> Self:
        """The programme with another value of one key of a line, without the ranges of that line.

        Raises ValidationError where the line does not allow it.
        """
        changed = (
            Line.model_validate({**dict(one), key: value, "ranges": None}) if one.id == line else one
            for one in self.lines
        )
        return self.model_copy(update={"lines": tuple(changed)})


class _File(Table):
    programme: Terms
    line: Annotated[tuple[Line, ...], Field(min_length=1)]


def programme(file: TomlFile, problems: Problems) -> Programme | None:
    """Check programme.toml; None, with what is wrong among the problems."""
    found = checked(_File, file, problems)
    terms = Programme.model_construct(**dict(found.programme), lines=found.line) if found else None
    wrong = [*_apart(file), *(_ended_before_it_began(terms) if terms else ())]
    for key, text in wrong:
        file.note(problems, key, text)
    return None if wrong else terms


def _apart(file: TomlFile) -> Iterator[tuple[Key, str]]:
    """Find lines that do not add up to the envelope, or share an id, also where more is wrong with them.

    The sum is told of an amount that the command line set, or else of the envelope; not where a table is
    misspelt, whose amount would be missing.
    """
    rows = file.data.get(LINE)
    lines = rows if isinstance(rows, list) else []
    amounts: list[Any] = [item(line, "amount") for line in lines]
    names = [item(line, "id") for line in lines]
    envelope: Any = item(file.data.get("programme"), "envelope")
    if file.data.keys() == {"programme", LINE} and all(map(_is_amount, (*amounts, envelope))):
        given = (key for key in file.settings if key[0] == LINE and key[-1] == "amount")
        if told := off_envelope(amounts, envelope):
            yield next(given, ("programme", "envelope")), f"{told}."
    for number, name in enumerate(names):
        if isinstance(name, str) and name in names[:number]:
            yield (LINE, number, "id"), f"more than one line has the id {name}."


def off_envelope(amounts: Iterable[float], envelope: float) -> str:
    """Say that the amounts of lines do not add up to the envelope [EUR million]; '' where they do."""
    total = sum(map(float, amounts))
    if abs(total - envelope) <= TOLERANCE * envelope:
        return ""
    return f"the lines add to {total:,.9g}, the envelope is {envelope:,.9g} (EUR million)"


def _is_amount(value: object) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return 0.0 < value <= sys.float_info.max


def _ended_before_it_began(terms: Programme) -> Iterator[tuple[Key, str]]:
    """Find lines paid in equal parts up to a year before the first of them."""
    for number, line in enumerate(terms.lines):
        if line.spread_to is not None and line.spread_to < terms.first_call:
            told = f"{line.spread_to} is before {terms.first_call}, the year of the first call"
            advice = f"when the equal yearly parts begin. Give {terms.first_call} or a later year."
            yield ("line", number, "spread_to"), f"{told}, {advice}"


def _refuse(*findings: tuple[bool, str]) -> None:
    """Raise ValueError with each sentence whose condition holds."""
    if told := [sentence for holds, sentence in findings if holds]:
        raise ValueError("; ".join(told))


def _not_one(name: str, shares: Mapping[str, float] | None) -> tuple[bool, str]:
    total = math.fsum(shares.values()) if shares else 1.0
    return not _is_one(total), f"{name} add to {total:.9g}, not 1"


def _is_one(total: float) -> bool:
    return abs(total - 1.0) <= TOLERANCE


ABOUT = {
    "eu_share": "Part the EU pays of {}. A contract is the grant divided by it.",
    "states_part": "Part states bear of the rest of {}. The rest is what the EU does not pay.",
    "new": "Newly bought part of {}. It would not be bought without the programme.",
}
"""Judgements of a line that may have a range -> what each is: in short, of which line, then in full."""
