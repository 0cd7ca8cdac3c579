"""The kinds of assumption: each fixes a unit and what is allowed, and asks for source and status."""

from typing import Annotated, Any, Generic, Literal, Self, TypeVar

from pydantic import Field, StrictFloat, StrictInt, StrictStr, model_validator

from forecaster.toml import Table, Words

Value = TypeVar("Value", bound=float)
Unit = TypeVar("Unit", bound=str)

Status = Literal["confirmed", "weak", "judgement", "derived"]


class Record(Table):
    """A value, its unit and where it comes from.

    status: how sure the source is; range: what a reasonable reader would also accept.
    """

    value: Any
    unit: str
    source: Words
    status: Status
    range: tuple[float, float] | None = None
    note: StrictStr = ""


class Quantity(Record, Generic[Value, Unit]):
    """A number."""

    value: Value
    unit: Unit
    range: tuple[Value, Value] | None = None

    @model_validator(mode="after")
    def _range_holds_value(self) -> Self:
        _check_range((self.value,), self.range)
        return self


class Quantities(Record, Generic[Value, Unit]):
    """A number for each year or horizon; the range holds all of them."""

    value: Annotated[tuple[Value, ...], Field(min_length=1)]
    unit: Unit
    range: tuple[Value, Value] | None = None

    @model_validator(mode="after")
    def _range_holds_values(self) -> Self:
        _check_range(self.value, self.range)
        return self


class Choice(Record, Generic[Unit]):
    """A choice among names."""

    value: Words
    unit: Unit
    range: None = None


def _check_range(values: tuple[float, ...], bounds: tuple[float, float] | None) -> None:
    if bounds and (told := wrong_range(values, bounds)):
        raise ValueError(told)


def wrong_range(values: tuple[float, ...], bounds: tuple[float, float]) -> str:
    """What is wrong with a range beside the values that it must hold; '' where it holds them."""
    if bounds[0] > bounds[1]:
        return f"range [{bounds[0]:g}, {bounds[1]:g}] begins above its end"
    if not bounds[0] <= min(values) <= max(values) <= bounds[1]:
        found = ", ".join(f"{value:g}" for value in values)
        return f"range [{bounds[0]:g}, {bounds[1]:g}] does not hold the value {found}"
    return ""


# Bounds are whole numbers: a type is handed to helpers by its name, which holds them, and pickle splits a
# name at its points.
Fraction = Annotated[StrictFloat, Field(ge=0, le=1)]
Positive = Annotated[StrictFloat, Field(gt=0, le=100)]
Natural = Annotated[StrictInt, Field(ge=0, le=100)]

Share = Quantity[Fraction, Literal["share"]]
SignedShare = Quantity[Annotated[StrictFloat, Field(gt=-1, lt=1)], Literal["share"]]
YearlyShare = Quantity[Fraction, Literal["share per year"]]
Shares = Quantities[Fraction, Literal["share"]]
Correlation = Quantity[Fraction, Literal["correlation"]]
Correlations = Quantities[Fraction, Literal["correlation"]]
Probability = Quantity[Annotated[StrictFloat, Field(gt=0, lt=1)], Literal["probability"]]
SomePercentOfGdp = Quantity[Positive, Literal["% of GDP"]]
PercentOfGdp = Quantity[Annotated[StrictFloat, Field(ge=0, le=100)], Literal["% of GDP"]]
Factor = Quantity[Positive, Literal["factor"]]
Ratio = Quantity[Positive, Literal["ratio"]]
Exponent = Quantity[Fraction, Literal["exponent"]]
Shape = Quantity[Positive, Literal["shape"]]
Steepness = Quantity[Annotated[StrictFloat, Field(ge=1, le=100)], Literal["exponent"]]
LogSpread = Quantity[Annotated[StrictFloat, Field(ge=0, le=2)], Literal["log"]]
Months = Quantity[Annotated[StrictFloat, Field(gt=0, le=240)], Literal["months"]]
Years = Quantity[Positive, Literal["years"]]
WholeYears = Quantity[Natural, Literal["years"]]
OneYearOrMore = Quantity[Annotated[StrictInt, Field(ge=1, le=100)], Literal["years"]]
Year = Quantity[Annotated[StrictInt, Field(ge=2000, le=2100)], Literal["year"]]
States = Quantity[Annotated[StrictInt, Field(ge=1, le=100)], Literal["states"]]
Money = Quantity[Annotated[StrictFloat, Field(ge=0)], Literal["EUR million"]]
YearlyMoney = Quantity[Annotated[StrictFloat, Field(ge=0)], Literal["EUR million per year"]]
Method = Choice[Literal["method"]]
ProcurementCase = Choice[Literal["case"]]
