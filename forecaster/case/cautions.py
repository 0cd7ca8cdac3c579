"""What a run of a case shows otherwise than a reader may expect, and values that look like slips."""

from collections.abc import Container, Iterator, Sequence
from statistics import median

from forecaster.case.case import Case
from forecaster.case.slips import slips
from forecaster.figures import Budgets, Plan
from forecaster.readers import WORKBOOK
from forecaster.toml import ASSUMPTIONS, PROGRAMME
from models.plans import PlanRow, chain

FAR = 3.0
"""Times a currency's median rate, beyond which a rate is taken for a slip: none of the Union moved so far."""

APART = 0.002
"""How far growth and inflation may be from the rise of GDP: each may be rounded to a tenth of a per cent."""


def cautions(case: Case) -> Iterator[str]:
    """A line for each, with file and key, what is shown instead, and what to do."""
    first = case.assumptions.run.projected[0]
    yield from _calls_before(case, first)
    yield from _loans_before(case, first)
    yield from _part_of_the_union(case)
    yield from _rates_apart(case)
    yield from _growth_apart(case)
    if not _looks_back(case):
        yield from _plans_alone(case)
        yield from _spending_after(case)
    yield from _commitments_beside(case)
    yield from slips(case)


def _calls_before(case: Case, first: int) -> Iterator[str]:
    """Calls before the first projected year: amounts are worked out up to the end of each year."""
    begun = min(min(call.year, call.date.year) for call in case.programme.calls)
    if begun < first:
        yield (
            f"{PROGRAMME}, programme.calls: calls begin in {begun}, before the first projected year {first}; "
            f"what is committed, paid and spent until then is shown in {first}. To see it in its own years, "
            f"set run.base_year to {begun - 1} ({ASSUMPTIONS}, or run with --set run.base_year={begun - 1})."
        )


def _loans_before(case: Case, first: int) -> Iterator[str]:
    """SAFE loans that are drawn in full before the first projected year."""
    last = int(case.assumptions.safe.last_draw.value)
    if case.budgets.loans and last < first:
        yield (
            f"{ASSUMPTIONS}, safe.last_draw: {last} is before the first projected year {first}; all that is "
            f"drawn of SAFE is shown in {first}, and served from {first + 1} on."
        )


def _part_of_the_union(case: Case) -> Iterator[str]:
    """A case without some of the member states: keys are shares of the states it has."""
    held, union = len(case.budgets.codes), int(case.assumptions.tie_out.states.value)
    if held < union:
        file = f"{WORKBOOK}, states" if WORKBOOK in case.files else "states.csv"
        yield (
            f"{file}: {held} of the Union's {union} states (tie_out.states). Own resources, the interest of "
            "the loan to Ukraine and contracts are shared among the states of the case alone. To see one "
            "state among all, keep all in the tables and run with --state."
        )


def _rates_apart(case: Case) -> Iterator[str]:
    """Exchange rates far from the others of their currency; of a state the first one."""
    rates = [one for one in case.budgets.figures if one.table == "exchange"]
    for state in case.budgets.states:
        row = [one for one in rates if one.code == state.code]
        usual = median(one.value for one in row) if row else 1.0
        if row and max(one.value for one in row) < 1.0:
            yield (
                f"{row[0].place}: {state.code}: {row[0].value:g} {state.currency} for a euro, less than 1 in "
                "every year; no member state's money is worth more than the euro. Upside down?"
            )
        far = (one for one in row if not usual / FAR <= one.value <= usual * FAR)
        if one := next(far, None):
            inverse = 1.0 / one.value if one.value > 0.0 else 0.0
            turned = usual / FAR <= inverse <= usual * FAR
            meant = f"Upside down? 1 / {one.value:g} is {inverse:.4g}." if turned else "A slip of the digits?"
            yield (
                f"{one.place}: {state.code} {one.item}: {one.value:g} {state.currency} for a euro; the "
                f"median of its years is {usual:g}. {meant}"
            )


def _growth_apart(case: Case) -> Iterator[str]:
    """Growth and inflation other than the rise of GDP, which alone counts in published years; one line."""
    budgets, published = case.budgets, case.budgets.years("gdp")
    ahead = [year for year in budgets.years("growth") if year > case.assumptions.run.base_year]
    pairs = [(code, year) for code in budgets.codes for year in ahead]
    apart = [told for code, year in pairs if (told := _other_rise(budgets, code, year))]
    if apart:
        others = f" Cells of which that holds: {len(apart)}." if len(apart) > 1 else ""
        yield (
            f"{apart[0]}. Budgets follow GDP; growth and inflation count after {published[-1]} alone. "
            f"Change the three tables together.{others}"
        )


def _other_rise(budgets: Budgets, code: str, year: int) -> str:
    """What growth and inflation of a year come to and GDP does not; "" where they agree or one is missing."""
    growth, deflator = (budgets.figure(table, code, year) for table in ("growth", "deflator"))
    before, after = (_national_gdp(budgets, code, one) for one in (year - 1, year))
    if growth is None or deflator is None or after is None or not before:
        return ""
    both, rise = (1.0 + growth.value) * (1.0 + deflator.value) - 1.0, after / before - 1.0
    if abs(both - rise) <= APART:
        return ""
    return (
        f"{growth.place}: {code} {year}: growth of {100.0 * growth.value:.1f} % and inflation of "
        f"{100.0 * deflator.value:.1f} % ({deflator.place}) come to {100.0 * both:.1f} %, but GDP in "
        f"national currency (tables gdp and exchange) rises by {100.0 * rise:.1f} %"
    )


def _looks_back(case: Case) -> bool:
    """Whether a case starts from a year long past, which all its plans come after."""
    return all(plan.year > case.assumptions.run.base_year for plan in case.budgets.plans if plan.use)


def _spending_after(case: Case) -> Iterator[str]:
    """Spending of years after the base year, which moves nothing; the first of its figures."""
    base = case.assumptions.run.base_year
    later = (one for one in case.budgets.figures if one.table == "spending" and int(one.item) > base)
    if one := next(later, None):
        yield (
            f"{one.place}: spending of {one.item} is of no effect, as the base year is {base}. Set "
            f"run.base_year in {ASSUMPTIONS} to {one.item}, or give it as a row of the table plans."
        )


def _commitments_beside(case: Case) -> Iterator[str]:
    """Commitments of years that are not projected; of a state the first one."""
    years = case.assumptions.run.projected
    told = dict[str, str]()
    for one in case.budgets.figures:
        if one.table == "commitments" and int(one.item) not in years:
            text = f"commitments of {one.item} are of no effect; projected are {years[0]} to {years[-1]}."
            told.setdefault(one.code, f"{one.place}: {one.code}: {text}")
    yield from told.values()


def _plans_alone(case: Case) -> Iterator[str]:
    """Plans that move nothing, as nothing tells their growth from a year that is known; one a series."""
    base = case.assumptions.run.base_year
    for code in case.budgets.codes:
        plans = [one for one in case.budgets.plans if one.use and one.code == code and one.year >= base]
        reached = _reached(case, plans)
        alone = (one for one in reversed(plans) if one.year > base and not _moves(one, plans, reached))
        idle = {one.series: one for one in alone}
        for series, plan in idle.items():
            yield (
                f"{plan.cell}: {code} {plan.year}: of no effect. A plan enters by its growth within one "
                f"series, and {series!r} has no amount of {base} or of a later year that other rows reach. "
                f"Enter the amount of {base} by the same definition, or the series of a row that has it."
            )


def _moves(plan: Plan, plans: Sequence[Plan], reached: Container[int]) -> bool:
    """Whether a plan grows from a year that is reached, or another grows from it."""
    years = [one.year for one in plans if one.series == plan.series]
    grows = any(year < plan.year and year in reached for year in years)
    return grows or (plan.year in reached and any(year > plan.year for year in years))


def _reached(case: Case, plans: Sequence[Plan]) -> set[int]:
    """The base year and the years to which a state's plans lead from it."""
    rows = [PlanRow(one.code, one.year, one.amount, one.series, one.status) for one in plans]
    run = case.assumptions.run
    status = dict(zip(run.projected, chain(rows, run.projected, 1.0).status, strict=True))
    return {run.base_year, *(year for year in status if status[year] not in {"", "announced"})}


def _national_gdp(budgets: Budgets, code: str, year: int) -> float | None:
    """GDP of a year in a state's own money [million]; None where it or the rate is missing."""
    gdp, rate = (budgets.figure(table, code, year) for table in ("gdp", "exchange"))
    return gdp.value * rate.value if gdp and rate else None
