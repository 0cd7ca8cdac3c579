"""assumptions.toml: every assumed number with its unit, source and status.

A field's kind fixes the unit and what is allowed. To add an assumption, add a field here and its table to
the file.
"""

from collections.abc import Iterator
from datetime import date
from itertools import pairwise
from typing import Annotated, Self, TypeVar

from pydantic import Field, StrictBool, StrictInt, StrictStr, TypeAdapter, ValidationError, model_validator

from forecaster.case import quantities as q
from forecaster.case.quantities import Record
from forecaster.readers.mapping import Mapping
from forecaster.toml import Table
from forecaster.toml.mistakes import first_finding

Number = TypeVar("Number", int, float)
Section = TypeVar("Section", bound=Table)


class RunSettings(Table):
    """What a run does unless the command line says otherwise.

    base_year: last year of the spending in use; years: how many are projected; as_of: the day of the
    inputs. Optional: precision: half-width of P(red) that paths are doubled for [points]; scenarios, states:
    those run and shown, else all; ministry: the state whose own view is shown; drivers: whether drivers and
    breaking points are looked for.
    """

    base_year: Annotated[StrictInt, Field(ge=2000, le=2100)]
    years: Annotated[StrictInt, Field(ge=1, le=20)]
    paths: Annotated[StrictInt, Field(ge=1024, le=2**24, multiple_of=1024)]
    seed: Annotated[StrictInt, Field(ge=0, lt=2**63)]
    as_of: Annotated[date, Field(strict=True)]
    scenarios: tuple[StrictStr, ...] = ()
    states: tuple[StrictStr, ...] = ()
    precision: Annotated[float, Field(ge=0.025, le=10)] | None = None
    ministry: StrictStr = ""
    drivers: StrictBool = True

    @property
    def projected(self) -> tuple[int, ...]:
        """The projected years."""
        return tuple(range(self.base_year + 1, self.base_year + 1 + self.years))


class BudgetAssumptions(Table):
    """How defence budgets are forecast."""

    method: q.Method
    voted_sd: q.Share
    plan_weight_near: q.Share
    plan_weight_far: q.Share
    share_limit: q.SomePercentOfGdp
    pledge_target: q.PercentOfGdp
    pledge_year: q.Year
    pledge_weight_alpha: q.Shape
    pledge_weight_beta: q.Shape
    pledge_common: q.Correlation


class DependenceAssumptions(Table):
    """How the states' budgets move together, by horizon."""

    budget_rho: q.Correlations
    growth_followed: q.Share


class EconomyAssumptions(Table):
    """Shocks to growth, prices, interest and exchange rates."""

    growth_sd: q.YearlyShare
    growth_persistence: q.Share
    growth_common: q.Correlation
    deflator_sd: q.YearlyShare
    deflator_persistence: q.Share
    deflator_common: q.Correlation
    rate_sd: q.YearlyShare
    usd_sd: q.YearlyShare
    uah_sd: q.YearlyShare


class CostAssumptions(Table):
    """What contracts cost in the end, and how late they are."""

    growth_median: q.Factor
    growth_sigma_shelf: q.LogSpread
    growth_sigma_new: q.LogSpread
    growth_low: q.Factor
    growth_high: q.Factor
    common: q.Correlation
    slip_correlation: q.Correlation
    slip_median: q.Months
    slip_p90: q.Months
    premium: q.YearlyShare
    premium_years: q.Years
    price_sd_ammunition: q.YearlyShare
    price_sd_drones: q.YearlyShare
    price_sd_air_defence: q.YearlyShare
    price_sd_logistics: q.YearlyShare
    price_sd_research: q.YearlyShare
    usd_share: q.Share
    uah_share: q.Share
    saving_low: q.SignedShare
    saving_mode: q.SignedShare
    saving_high: q.SignedShare

    @property
    def price_sd(self) -> tuple[tuple[str, q.YearlyShare], ...]:
        """Volatility of the price of each capability."""
        return tuple((name, getattr(self, f"price_sd_{name}")) for name in CAPABILITIES)

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        return _rising(
            self,
            ("growth_low", "growth_median", "growth_high"),
            ("slip_median", "slip_p90"),
            ("saving_low", "saving_mode", "saving_high"),
        )


class SustainmentAssumptions(Table):
    """Yearly cost of what was delivered, by capability."""

    ammunition: q.YearlyShare
    drones: q.YearlyShare
    air_defence: q.YearlyShare
    logistics: q.YearlyShare
    research: q.YearlyShare


class ParticipationAssumptions(Table):
    """Who takes part in joint contracts."""

    states_per_contract: q.States
    size_weight: q.Exponent


class AwardAssumptions(Table):
    """From call to award, and from there to payment."""

    lag_low: q.Months
    lag_high: q.Months
    absorption_alpha: q.Shape
    absorption_beta: q.Shape
    grant_cut_high: q.Share
    payment_spread: q.Years
    outlay_steepness: q.Steepness
    procurement_case: q.ProcurementCase

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        return _rising(self, ("lag_low", "lag_high"))


class CapacityAssumptions(Table):
    """Investment money, and what of it is already promised."""

    share_floor: q.Share
    share_half_life: q.Years
    share_persistence: q.Share
    share_sd: q.Share
    share_budget_correlation: q.Correlation
    committed: q.Shares
    committed_step: q.YearlyShare
    committed_floor: q.Share
    pass_above: q.Exponent
    pass_below: q.Exponent
    cost_phase: q.Years
    safe_new: q.Share
    safe_committed: q.Share


class SuccessorAssumptions(Table):
    """A programme that follows this one, where a scenario asks for it."""

    first_year: q.Year
    last_year: q.Year
    call_month: q.Months
    years_to_pay: q.OneYearOrMore

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        return _rising(self, ("first_year", "last_year"))


class SafeAssumptions(Table):
    """SAFE loans: when they are drawn, what they cost."""

    advance: q.Share
    last_draw: q.Year
    rate: q.YearlyShare
    grace: q.WholeYears
    repayment: q.OneYearOrMore


class TreasuryAssumptions(Table):
    """What national treasuries pay into the EU budget."""

    additionality: q.Share
    ukraine_interest: q.YearlyMoney
    ukraine_from: q.Year


class FiscalAssumptions(Table):
    """How shocks and calls move public balance and debt, and the rules they meet."""

    semi_elasticity: q.Ratio
    gap_persistence: q.Share
    maturing: q.Share
    in_path: q.Share
    safe_delivery: q.WholeYears
    deficit_limit: q.PercentOfGdp
    escape_cap: q.PercentOfGdp
    escape_base: q.Year


class StrainAssumptions(Table):
    """Where strain begins and what is too small to report."""

    amber: q.Ratio
    red: q.Ratio
    wished: q.Probability
    shortfall_level: q.Probability
    material_money: q.Money
    material_share: q.Share

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        return _rising(self, ("amber", "red"))


class TieOutAssumptions(Table):
    """Published totals the inputs are compared with, and what is shown beside the results.

    investment, spending: of the 27 in year; spending_before: in the year before it.
    """

    investment: q.Money
    year: q.Year
    tolerance: q.Share
    states: q.States
    spending_before: q.Money
    spending: q.Money
    key_de: q.Share
    key_fr: q.Share
    key_nl: q.Share
    key_tolerance: q.Share
    receipts: q.Share
    safe_loans: q.Money
    ukraine_loan: q.Money
    margin: q.Money


class Assumptions(Table):
    """All assumptions of a case, by section; sources: state -> where its own figures stand."""

    run: RunSettings
    budgets: BudgetAssumptions
    dependence: DependenceAssumptions
    economy: EconomyAssumptions
    cost: CostAssumptions
    sustainment: SustainmentAssumptions
    participation: ParticipationAssumptions
    award: AwardAssumptions
    successor: SuccessorAssumptions
    capacity: CapacityAssumptions
    safe: SafeAssumptions
    treasury: TreasuryAssumptions
    fiscal: FiscalAssumptions
    strain: StrainAssumptions
    tie_out: TieOutAssumptions
    sources: dict[str, Mapping] = Field(default_factory=dict)

    def entries(self) -> Iterator[tuple[str, Record]]:
        """Each assumption with its key, 'cost.growth_median', in the order of the bundled file."""
        sections = ((section, table) for section, table in self if isinstance(table, Table))
        for section, table in sections:
            yield from ((f"{section}.{key}", record) for key, record in table if isinstance(record, Record))


CAPABILITIES = tuple(SustainmentAssumptions.model_fields)
"""What the programme buys; a programme line divides its money among these."""


def setting(name: str, value: Number) -> Number:
    """Check a setting of the run that comes from the command line. Raises ValueError with a sentence."""
    field = RunSettings.model_fields[name]
    try:
        TypeAdapter(field.rebuild_annotation()).validate_python(value)
    except ValidationError as error:
        raise ValueError(first_finding(error)) from None
    return value


def _rising(table: Section, *groups: tuple[str, ...]) -> Section:
    """Refuse a table in which, within a group of keys, a value is below the one before it."""
    pairs = (pair for group in groups for pair in pairwise(group))
    wrong = [f"{a} is above {b}" for a, b in pairs if getattr(table, a).value > getattr(table, b).value]
    if wrong:
        raise ValueError(" and ".join(wrong))
    return table
