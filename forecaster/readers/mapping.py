"""`[sources.DE]` in assumptions.toml: where a state's own figures stand in its own file."""

from collections.abc import Iterable, Iterator
from pathlib import PureWindowsPath
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, StrictBool, StrictFloat, StrictInt, StrictStr, model_validator

from forecaster.readers.names import Names
from forecaster.toml import Table, Words

Holds = Literal["plan", "investment", "committed"]
Match = StrictInt | StrictStr | tuple[StrictInt | StrictStr, ...]


def _in_the_case(file: str) -> str:
    """Refuse a file elsewhere: every figure is traced by the bare name of its file."""
    if PureWindowsPath(file).name != file:  # knows both slashes, and a drive
        told = f"'{file}' names a folder. A state's file lies in the case's folder itself"
        raise ValueError(f"{told}: copy it there and give its name alone.")
    return file


class Mapping(Table):
    """How to read one state's file. All keys but `file` are optional.

    sheet: the sheet to read, where tables on several fit; header_row: row of the headings;
    unit: 'EUR thousand', wins over what the file says and must not contradict it;
    decimal: ',' or '.', where numbers are text; fiscal_year_start: month, for headings such as 2023/24;
    include_hidden: read hidden rows, columns and sheets too;
    filter: heading -> value, list of values, '*' for any, '>=40000' or '<40000': the lines to add up;
    amount, year: heading of the amounts and their year, where the file has one year;
    holds: what the figures are; rows: what -> label of the row that holds it, where the file has several;
    status, weight: legal status of a plan and its credibility [share];
    control: total that the lines must meet, in the file's unit;
    definition, source, as_of: shown beside the figures.
    """

    file: Annotated[Words, AfterValidator(_in_the_case)]
    sheet: StrictStr = ""
    header_row: Annotated[StrictInt, Field(ge=1)] | None = None
    unit: StrictStr = ""
    decimal: Literal["", ".", ","] = ""
    fiscal_year_start: Annotated[StrictInt, Field(ge=1, le=12)] | None = None
    include_hidden: StrictBool = False
    filter: dict[str, Match] = Field(default_factory=dict)
    amount: StrictStr = ""
    year: Annotated[StrictInt, Field(ge=1990, le=2100)] | None = None
    holds: Holds = "plan"
    rows: dict[Holds, Words] = Field(default_factory=dict)
    status: Literal["voted", "plan", "announced"] = "plan"
    weight: Annotated[StrictFloat, Field(ge=0, le=1)] | None = None
    control: StrictFloat | StrictInt | None = None
    definition: StrictStr = ""
    source: StrictStr = ""
    as_of: StrictStr = ""

    @model_validator(mode="after")
    def _amount_has_a_year(self) -> "Mapping":
        if bool(self.amount) != (self.year is not None):
            raise ValueError(
                "amount and year go together: the column of the amounts and the year they are of"
            )
        return self

    @model_validator(mode="after")
    def _control_has_lines(self) -> "Mapping":
        if self.control is not None and not (self.filter or self.amount):
            raise ValueError(
                "control is the total of budget lines: set filter or amount too, or leave it out"
            )
        return self


def named_files(sources: object) -> dict[str, str]:
    """Table -> file that it names, '' where it names none. sources: all of them, right or wrong."""
    tables = sources.items() if isinstance(sources, dict) else ()
    names = {code: table.get("file") if isinstance(table, dict) else None for code, table in tables}
    return {code: name.strip() if isinstance(name, str) else "" for code, name in names.items()}


def unusable_sources(sources: Iterable[str], names: Names) -> Iterator[tuple[str, str]]:
    """Name and what is wrong of each table of no known state, and of a second one of the same state."""
    first = dict[str, str]()
    for name in sources:
        code = names.code(name)
        if code is None:
            near = names.suggestion(name)
            advice = "Name the table after a state of the table states, such as [sources.DE]."
            yield name, f"'{name}' is not a member state.{near} {advice}"
        elif first.setdefault(code, name) != name:
            yield name, f"the same state as sources.{first[code]}. Keep one of them."
