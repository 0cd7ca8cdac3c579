"""Case -> the arrays the models run on. Every assumption is handed over here, by name."""

import math
from collections.abc import Sequence
from datetime import date

import numpy as np

from forecaster.assumptions import CAPABILITIES
from forecaster.case import Case
from forecaster.programme import Line
from models import tables
from models.arrays import Floats
from models.budgets import Forecast, PlanRow, PlanRules, Position, forecast, gdp_path, own_shares
from models.capacity import Capacity, State
from models.dependence import loadings
from models.economy import Economy
from models.financing import Financing
from models.outlays import Lot, Timing
from models.participation import Participation
from models.simulation import Model
from models.strain import Thresholds
from models.stress import Scenario, scenario

PERCENT = 100.0


def budget_forecast(case: Case, years: Sequence[int]) -> Forecast:
    """Predictive distributions of the defence budgets of all states of the case."""
    budgets, given = case.budgets, case.assumptions
    base = given.run.base_year
    panel_codes, panel_years = budgets.panel_codes(), _until(budgets.years("panel"), base)
    history_years = _until(budgets.years("spending"), base)
    history = budgets.wide("spending", budgets.codes, history_years)
    gdp = gdp_baseline(case, (*history_years, *years))
    position = Position(
        states=budgets.codes,
        years=tuple(years),
        history_years=history_years,
        history=history,
        shares=own_shares(
            history, gdp[:, : len(history_years)], PERCENT * budgets.wide("panel", budgets.codes, panel_years)
        ),
        gdp=gdp[:, len(history_years) - 1 :],
        allies=np.array([state.ally for state in budgets.states]),
    )
    rows = [PlanRow(p.code, p.year, p.amount, p.series, p.status, p.weight) for p in budgets.plans if p.use]
    rules = PlanRules(
        voted_sd=given.budgets.voted_sd.value,
        weight_near=given.budgets.plan_weight_near.value,
        weight_far=given.budgets.plan_weight_far.value,
        pledge_target=given.budgets.pledge_target.value,
        pledge_year=int(given.budgets.pledge_year.value),
    )
    panel = PERCENT * budgets.wide("panel", panel_codes, panel_years)
    return forecast(position, panel, rows, rules, given.budgets.method.value)


def gdp_baseline(case: Case, years: Sequence[int]) -> Floats:
    """Nominal GDP [EUR million], carried on beyond the last published year at its growth and deflator.

    (state, year).
    """
    budgets = case.budgets
    published = [year for year in budgets.years("gdp") if year >= years[0]]
    last = published[-1:]
    growth = budgets.wide("growth", budgets.codes, last)[:, 0]
    deflator = budgets.wide("deflator", budgets.codes, last)[:, 0]
    path = gdp_path(
        budgets.wide("gdp", budgets.codes, published), growth, deflator, max(0, years[-1] - published[-1])
    )
    return path[:, : len(years)]


def model(case: Case, found: Forecast) -> Model:
    """The model of a case on its forecast budgets."""
    return Model(
        years=found.years,
        economy=_economy(case),
        timing=_timing(case, found.years[0]),
        lots=tuple(lot for line in case.programme.lines for lot in _lots(case, line, found.years[0])),
        participation=_participation(case),
        capacity=_capacity(case, found.years),
        states=_states(case, found),
        financing=_financing(case, found),
        thresholds=Thresholds(case.assumptions.strain.amber.value, case.assumptions.strain.red.value),
    )


def scenarios(case: Case, chosen: Sequence[str], years: int) -> tuple[Scenario, ...]:
    """The chosen scenarios in the order of the file, the baseline first."""
    return tuple(
        scenario(table.id, table.levers, years)
        for table in case.scenarios
        if table.id == case.scenarios[0].id or not chosen or table.id in chosen
    )


def _until(years: Sequence[int], last: int) -> tuple[int, ...]:
    return tuple(year for year in years if year <= last)


def _economy(case: Case) -> Economy:
    given = case.assumptions.economy
    growth, deflator = given.growth_sd.value, given.deflator_sd.value
    return Economy(
        growth_common=growth * math.sqrt(given.growth_common.value),
        growth_own=growth * math.sqrt(1.0 - given.growth_common.value),
        growth_persistence=given.growth_persistence.value,
        deflator_common=deflator * math.sqrt(given.deflator_common.value),
        deflator_own=deflator * math.sqrt(1.0 - given.deflator_common.value),
        deflator_persistence=given.deflator_persistence.value,
        rate=given.rate_sd.value,
        usd=given.usd_sd.value,
        uah=given.uah_sd.value,
        exponential=tables.exponential(),
    )


def _timing(case: Case, first_year: int) -> Timing:
    given, cost, award = case.assumptions, case.assumptions.cost, case.assumptions.award
    saving = (cost.saving_low.value, cost.saving_mode.value, cost.saving_high.value)
    slip_sigma = math.log(cost.slip_p90.value / cost.slip_median.value) / 1.2815515655446004
    return Timing(
        calls=tuple((_since(call.date, first_year), call.share) for call in case.programme.calls),
        deadline=float(case.programme.last_payment + 1 - first_year),
        lag=(award.lag_low.value, award.lag_high.value),
        payment_spread=award.payment_spread.value,
        premium=cost.premium.value,
        premium_years=cost.premium_years.value,
        common=cost.common.value,
        slip_correlation=cost.slip_correlation.value,
        slip=tables.lognormal(cost.slip_median.value, slip_sigma),
        absorption=tables.beta(given.award.absorption_alpha.value, given.award.absorption_beta.value),
        saving=tables.triangular(*saving),
        median_saving=float(tables.triangular(*saving)(np.zeros(1))[0]),
        grant_cut=award.grant_cut_high.value,
        uniform=tables.uniform(),
        profile=tables.rayleigh_profile(),
        exponential=tables.exponential(),
    )


def _since(day: date, first_year: int) -> float:
    """Years from the start of the first projected year to a day."""
    return day.year - first_year + (day.timetuple().tm_yday - 1) / 365.0


def _lots(case: Case, line: Line, first_year: int) -> tuple[Lot, ...]:
    """A line with a contract is cut into one lot a capability; one without is a single lot."""
    parts = line.capabilities.items() if line.contract else [("all", 1.0)]
    return tuple(_lot(case, line, first_year, capability, part) for capability, part in parts if part > 0.0)


def _lot(case: Case, line: Line, first_year: int, capability: str, part: float) -> Lot:
    cost = case.assumptions.cost
    sigma = cost.growth_sigma_new if line.new_development else cost.growth_sigma_shelf
    eu_share = line.share_of_contract(case.assumptions.award.procurement_case.value)
    price_sd = {name: getattr(cost, f"price_sd_{name}").value for name in CAPABILITIES}
    sustainment = {name: getattr(case.assumptions.sustainment, name).value for name in CAPABILITIES}
    return Lot(
        name=f"{line.id}:{capability}",
        line=line.id,
        capability=capability,
        amount=line.amount * part,
        contract=line.contract,
        eu_share=eu_share,
        state_share=_state_share(line, eu_share),
        rest=line.rest,
        grant_to=line.grant_to,
        grant=line.grant,
        new=line.new,
        steps=tuple(line.steps),
        milestones=line.milestones,
        spread=_spread(case, line, first_year),
        duration=line.duration,
        cut=line.cut,
        ukrainian=line.ukrainian,
        usd_share=cost.usd_share.value,
        uah_share=cost.uah_share.value if line.ukrainian else 0.0,
        price_sd=price_sd.get(capability, 0.0),
        sustainment=sustainment.get(capability, 0.0),
        minimum=line.min_participants,
        cost_growth=tables.lognormal(
            cost.growth_median.value, sigma.value, cost.growth_low.value, cost.growth_high.value
        ),
        keys=_named_keys(case, line),
    )


def _state_share(line: Line, eu_share: float) -> float:
    """Share of the contract the states pay.

    All of it where they receive the grant, else their part of the rest.
    """
    return line.states_part if line.grant_to == "states" else line.states_part * (1.0 - eu_share)


def _spread(case: Case, line: Line, first_year: int) -> tuple[float, float] | None:
    if line.spread_to is None:
        return None
    return float(case.programme.calls[0].year - first_year), float(line.spread_to + 1 - first_year)


def _named_keys(case: Case, line: Line) -> tuple[float, ...] | None:
    if not line.participants:
        return None
    return tuple(line.participants.get(code, 0.0) for code in case.budgets.codes)


def _participation(case: Case) -> Participation:
    base = case.assumptions.run.base_year
    spending = case.budgets.wide("spending", case.budgets.codes, [base])[:, 0]
    weight = spending * published_scale(case) * investment_start(case)
    return Participation(
        states=case.budgets.codes,
        investment=tuple(tables.rounded(value, 9) for value in weight),
        joins=tuple(state.joins for state in case.budgets.states),
        per_contract=int(case.assumptions.participation.states_per_contract.value),
        waiting=tables.waiting(),
    )


def _capacity(case: Case, years: Sequence[int]) -> Capacity:
    given, cost = case.assumptions.capacity, case.assumptions.cost
    persistence, with_budget = given.share_persistence.value, given.share_budget_correlation.value
    innovation = math.sqrt(1.0 - persistence**2)
    after_base = np.array(years) - case.assumptions.run.base_year
    return Capacity(
        budget_rho=loadings(case.assumptions.dependence.budget_rho.value, len(years)),
        pledge_common=case.assumptions.budgets.pledge_common.value,
        pledge=tables.beta(
            case.assumptions.budgets.pledge_weight_alpha.value,
            case.assumptions.budgets.pledge_weight_beta.value,
        ),
        share_persistence=persistence,
        share_own=innovation * math.sqrt(1.0 - with_budget**2),
        share_with_budget=innovation * with_budget,
        committed=_committed_share(
            given.committed.value, given.committed_step.value, given.committed_floor.value, after_base
        ),
        passed=tables.pass_through(given.pass_above.value, given.pass_below.value),
        legacy_common=cost.common.value,
        legacy_cost=tables.lognormal(
            cost.growth_median.value,
            cost.growth_sigma_shelf.value,
            cost.growth_low.value,
            cost.growth_high.value,
        ),
        cost_phase=np.minimum(after_base / given.cost_phase.value, 1.0),
        safe_new=given.safe_new.value,
        safe_committed=given.safe_committed.value,
    )


def _committed_share(first: Sequence[float], step: float, floor: float, after_base: Floats) -> Floats:
    """Share of planned investment already committed, so many years after the base year. Shape (year,)."""
    return np.array(
        [
            first[a - 1] if a <= len(first) else max(floor, first[-1] - step * (a - len(first)))
            for a in after_base
        ]
    )


def _states(case: Case, found: Forecast) -> tuple[State, ...]:
    given = case.assumptions.capacity
    start, mean = investment_start(case), investment_mean(case)
    after_base = np.array(found.years) - case.assumptions.run.base_year
    toward = 0.5 ** (after_base / given.share_half_life.value)
    shares = mean[:, np.newaxis] + (start - mean)[:, np.newaxis] * toward
    scale, loans, schedules = published_scale(case), safe_loans(case), safe_schedules(case, found.years)
    contracted = case.budgets.wide("commitments", found.states, found.years)
    budget = planned_budget(found)
    own = case.budgets.wide("investment", found.states, found.years)
    shares = np.where(np.isnan(own), shares, own / (scale[:, np.newaxis] * budget))
    return tuple(
        State(
            code=code,
            median=_nine_digits(np.exp(found.center[i])),
            spread=found.spread[i],
            pledge_pull=found.pledge_pull[i],
            investment_share=_nine_digits(shares[i]),
            share_sd=given.share_sd.value * min(1.0, float(start[i]) / given.share_floor.value),
            scale=tables.rounded(float(scale[i]), 9),
            plan=_nine_digits(shares[i] * scale[i] * budget[i]),
            contracted=contracted[i],
            safe_loans=loans[i],
            safe_draw=loans[i] @ schedules,
        )
        for i, code in enumerate(found.states)
    )


def planned_budget(found: Forecast) -> Floats:
    """The ministry's voted or planned budget where there is one, else the median [EUR million].

    (state, year).
    """
    stands = np.array(
        [[status in {"voted", "estimate", "plan"} for status in row] for row in found.plan_status]
    )
    return np.where(stands, found.plan, np.exp(found.center))


def _nine_digits(values: Floats) -> Floats:
    return np.array([tables.rounded(float(value), 9) for value in values])


def investment_start(case: Case) -> Floats:
    """Share of defence spending that is invested now: NATO's mean of three years, else EDA's latest.

    (state,).
    """
    base = case.assumptions.run.base_year
    return _first_known(_equipment_mean(case, (base - 1, base, base + 1)), _eda_share(case, latest=1))


def investment_mean(case: Case) -> Floats:
    """Share to which a state returns.

    Its mean of the four years before the base year, for allies at least the floor.
    """
    base = case.assumptions.run.base_year
    mean = _first_known(_equipment_mean(case, range(base - 4, base)), _eda_share(case, latest=4))
    allies = np.array([state.ally for state in case.budgets.states])
    return np.where(allies, np.maximum(mean, case.assumptions.capacity.share_floor.value), mean)


def published_scale(case: Case) -> Floats:
    """Spending in the source of the investment share over spending in the series used [factor]. (state,)."""
    budgets, base = case.budgets, case.assumptions.run.base_year
    nato = budgets.wide("nato_spending", budgets.codes, [base]) / budgets.wide(
        "spending", budgets.codes, [base]
    )
    years = _until(budgets.years("eda_spending"), base)
    eda = budgets.wide("eda_spending", budgets.codes, years) / budgets.wide("spending", budgets.codes, years)
    return _first_known(nato[:, 0], _mean_of_latest(eda, 1))


def _equipment_mean(case: Case, years: Sequence[int]) -> Floats:
    return _mean_of_latest(
        case.budgets.wide("nato_equipment", case.budgets.codes, list(years)), len(list(years))
    )


def _eda_share(case: Case, latest: int) -> Floats:
    budgets = case.budgets
    years = budgets.years("eda_investment")
    share = budgets.wide("eda_investment", budgets.codes, years) / budgets.wide(
        "eda_spending", budgets.codes, years
    )
    return _mean_of_latest(share, latest)


def _mean_of_latest(values: Floats, count: int) -> Floats:
    """Mean of the last known values of each row; NaN where a row has none."""
    known = [row[~np.isnan(row)][-count:] for row in values]
    return np.array([row.mean() if len(row) else np.nan for row in known])


def _first_known(first: Floats, second: Floats) -> Floats:
    return np.where(np.isnan(first), second, first)


def safe_schedules(case: Case, years: Sequence[int]) -> Floats:
    """How one euro of SAFE is drawn: the advance in the first year, the rest in equal parts after it.

    (2, year).
    """
    later = np.array(
        [years[0] < year <= case.assumptions.safe.last_draw.value for year in years], dtype=float
    )
    span = case.assumptions.safe.last_draw.value - years[0]
    return np.stack([np.eye(len(years))[0], later / max(span, 1)])


def safe_loans(case: Case) -> Floats:
    """SAFE loans drawn as advance and later [EUR million]. (state, 2)."""
    loans = {loan.code: loan for loan in case.budgets.loans}
    advance = case.assumptions.safe.advance.value
    parts = np.zeros((len(case.budgets.codes), 2))
    for i, code in enumerate(case.budgets.codes):
        if code in loans:
            taken = advance if loans[code].advance else 0.0
            parts[i] = loans[code].allocation * np.array([taken, 1.0 - taken])
    return parts


def gni_key(case: Case, found: Forecast) -> Floats:
    """Share of each state in EU own resources: latest GNI carried on by nominal GDP growth. (state, year)."""
    budgets = case.budgets
    latest = budgets.years("gni")[-1]
    gni = budgets.wide("gni", budgets.codes, [latest])
    grown = gni * found.gdp / budgets.wide("gdp", budgets.codes, [latest])
    return grown / grown.sum(axis=0)


def _financing(case: Case, found: Forecast) -> Financing:
    treasury, safe = case.assumptions.treasury, case.assumptions.safe
    key = gni_key(case, found)
    pays = np.array([state.loan_key for state in case.budgets.states])
    loan = key[:, 0] * pays / (key[:, 0] * pays).sum()
    years, start = np.array(found.years), treasury.ukraine_from.value
    part = np.where(years >= start, 1.0, np.where(years == start - 1, 0.5, 0.0))
    return Financing(
        gni_key=np.array([_nine_digits(row) for row in key]),
        loan_key=_nine_digits(loan),
        additionality=treasury.additionality.value,
        ukraine_interest=treasury.ukraine_interest.value * part,
        safe_rate=safe.rate.value,
        safe_grace=int(safe.grace.value),
        safe_repayment=int(safe.repayment.value),
        safe_schedules=safe_schedules(case, found.years),
    )
