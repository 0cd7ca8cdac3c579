"""The tables of a case: what each holds, in which unit, which rows, columns and years it must have."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Kind = Literal["text", "number", "year", "date", "flag", "code"]


@dataclass(frozen=True)
class Column:
    """A column of a table. choices: the only texts allowed; positive: no number below zero.

    factor: a number x factor is EUR million or a share.
    """

    name: str
    kind: Kind = "text"
    required: bool = False
    choices: tuple[str, ...] = ()
    positive: bool = False
    factor: float = 1.0


@dataclass(frozen=True)
class Table:
    """A table of a case, a CSV file or a sheet of budgets.xlsx.

    columns: of a list table; a wide table has none: a code, then a column for each year.
    unit: of the numbers in the file; factor: unit x factor is EUR million or a share;
    needed: first and last year that every state must have; every_state: whether each must have a row;
    key: columns that tell rows apart; money: whether a jump from one year to the next is worth a warning.
    """

    name: str
    title: str
    unit: str
    definition: str
    factor: float = 1.0
    needed: tuple[int, int] | None = None
    positive: bool = False
    columns: tuple[Column, ...] = ()
    key: tuple[str, ...] = ("code",)
    every_state: bool = False
    money: bool = False
    any_code: bool = False

    @property
    def wide(self) -> bool:
        """Whether the table has a column for each year."""
        return not self.columns

    @property
    def needed_years(self) -> range:
        """Years that every state must have."""
        first, last = self.needed or (0, -1)
        return range(first, last + 1)

    def later_years(self, held: Iterable[int]) -> list[int]:
        """Years after those that are needed which every state must have where any has those held.

        All up to the last of them; a table of a single needed year may leave out years, as its last counts.
        """
        later = {year for year in held if self.needed and year > self.needed[1]}
        if later and len(self.needed_years) > 1:
            later.update(range(self.needed_years.stop, max(later)))
        return sorted(later)


_CODE = Column("code", "code", required=True)
_SOURCE = Column("source")
_PERCENT = 0.01

STATES = Table(
    "states",
    "Member states",
    "",
    "Who is in the union modelled. A row added or removed adds or removes a state.",
    columns=(
        _CODE,
        Column("name", required=True),
        Column("aliases"),
        Column("currency", required=True),
        Column("ally", "flag", required=True),
        Column("joins", required=True, choices=("yes", "no", "named")),
        Column("loan_key", "flag", required=True),
    ),
)

TABLES: tuple[Table, ...] = (
    STATES,
    Table(
        "panel",
        "Reference panel: defence spending as a share of GDP",
        "% of GDP",
        "The series on which forecasting methods are fitted; it stays the same when a case has fewer states.",
        _PERCENT,
        positive=True,
        any_code=True,
    ),
    Table(
        "spending",
        "Defence spending",
        "EUR million",
        "Yearly defence spending, current prices, by one definition for all states.",
        needed=(2014, 2025),
        positive=True,
        every_state=True,
        money=True,
    ),
    Table(
        "gdp",
        "Gross domestic product",
        "EUR million",
        "Current prices; years after the last observed are the publisher's forecast.",
        needed=(2014, 2030),
        positive=True,
        every_state=True,
        money=True,
    ),
    Table("growth", "Real growth of GDP", "%", "Per year.", _PERCENT, needed=(2025, 2030), every_state=True),
    Table(
        "deflator",
        "Inflation of the GDP deflator",
        "%",
        "Per year.",
        _PERCENT,
        needed=(2025, 2030),
        every_state=True,
    ),
    Table(
        "balance",
        "General government balance",
        "% of GDP",
        "Net lending; a deficit is negative.",
        _PERCENT,
        needed=(2025, 2030),
        every_state=True,
    ),
    Table(
        "debt",
        "General government gross debt",
        "% of GDP",
        "End of year.",
        _PERCENT,
        needed=(2025, 2030),
        positive=True,
        every_state=True,
    ),
    Table(
        "revenue",
        "General government revenue",
        "% of GDP",
        "Per year.",
        _PERCENT,
        needed=(2025, 2030),
        positive=True,
        every_state=True,
    ),
    Table(
        "interest",
        "Implicit interest rate on public debt",
        "%",
        "Interest paid in a year on the debt of the year before.",
        _PERCENT,
        needed=(2025, 2030),
        every_state=True,
    ),
    Table(
        "exchange",
        "Exchange rate",
        "national currency per EUR",
        "Average of the year; 1 for members of the euro area.",
        needed=(2025, 2030),
        positive=True,
        every_state=True,
    ),
    Table(
        "nato_spending",
        "Defence spending as NATO counts it",
        "EUR million",
        "Allies only; core spending, national currency at the exchange rate of the year.",
        positive=True,
        money=True,
    ),
    Table(
        "nato_equipment",
        "Equipment share as NATO counts it",
        "% of defence spending",
        "Allies only.",
        _PERCENT,
        positive=True,
    ),
    Table(
        "eda_spending",
        "Defence spending as the EDA counts it",
        "EUR million",
        "Current prices.",
        positive=True,
        money=True,
    ),
    Table(
        "eda_investment",
        "Defence investment as the EDA counts it",
        "EUR million",
        "Equipment procurement and research and development, current prices.",
        positive=True,
        money=True,
    ),
    Table(
        "gni",
        "Gross national income",
        "EUR million",
        "The key of national contributions to the EU budget.",
        needed=(2023, 2023),
        positive=True,
        every_state=True,
    ),
    Table(
        "safe",
        "SAFE loans",
        "EUR million",
        "Allocation of each state that asked for a loan.",
        columns=(
            _CODE,
            Column("allocation", "number", required=True, positive=True),
            Column("advance", "flag", required=True),
            Column("paid_by", choices=("treasury", "defence")),
            Column("status"),
            _SOURCE,
        ),
    ),
    Table(
        "rules",
        "Fiscal rules",
        "",
        "National escape clause and excessive deficit procedure, with dates.",
        every_state=True,
        columns=(
            _CODE,
            Column("escape_clause_from", "date"),
            Column("escape_clause_to", "date"),
            Column("deficit_procedure", required=True, choices=("open", "none", "proposed", "under review")),
            Column("deficit_procedure_from", "date"),
            Column("deadline"),
            _SOURCE,
        ),
    ),
    Table(
        "plans",
        "Voted, planned and announced budgets",
        "EUR million",
        "A plan enters by its growth within one series; levels of different series are never chained.",
        key=("code", "year", "series", "definition", "as_of"),
        columns=(
            _CODE,
            Column("year", "year", required=True),
            Column("amount", "number", required=True, positive=True),
            Column("amount_national", "number", positive=True),
            Column("currency"),
            Column("series", required=True),
            Column("definition"),
            Column("status", required=True, choices=("voted", "plan", "announced", "estimate")),
            Column("use", "flag", required=True),
            Column("reason"),
            Column("as_of"),
            _SOURCE,
            Column("confidence", choices=("C", "S", "M")),
        ),
    ),
    Table(
        "commitments",
        "Amounts already committed",
        "EUR million",
        "Investment of a coming year that is already under contract; replaces the default shares. "
        "Without what SAFE loans on top of the budget pay: the model adds it.",
        key=("code", "year"),
        columns=(
            _CODE,
            Column("year", "year", required=True),
            Column("amount", "number", required=True, positive=True),
            _SOURCE,
        ),
    ),
    Table(
        "sources",
        "Sources",
        "",
        "Who published each table, in which vintage, by which definition.",
        key=("table",),
        columns=(
            Column("table", required=True),
            Column("publisher", required=True),
            Column("title"),
            Column("vintage"),
            Column("as_of"),
            Column("definition"),
            Column("terms"),
            Column("newer"),
        ),
    ),
)
