"""Programme lines -> lots and their timing, with the assumptions on cost, delay and saving."""

import math
from collections.abc import Iterable
from dataclasses import replace
from datetime import date

import numpy as np

from forecaster.case import Case
from forecaster.case.programme import Line
from forecaster.case.quantities import YearlyShare
from models import tables
from models.lots import Lot, Successor, Timing
from models.projection import P90


def timing(case: Case, first_year: int) -> Timing:
    """Dates and distributions that all lots share; times count from the start of the first projected year."""
    given, cost, award = case.assumptions, case.assumptions.cost, case.assumptions.award
    saving = (cost.saving_low.value, cost.saving_mode.value, cost.saving_high.value)
    slip_sigma = math.log(cost.slip_p90.value / cost.slip_median.value) / P90
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
        profile=tables.rayleigh_profile(award.outlay_steepness.value),
        exponential=tables.exponential(),
    )


def successor(case: Case, first_year: int) -> Successor:
    """The programme again in the next financial framework, from calls of each year to its own deadline."""
    given = case.assumptions.successor
    first, last = int(given.first_year.value), int(given.last_year.value)
    calls = range(first, last + 1)
    deadline = float(last + int(given.years_to_pay.value) + 1 - first_year)
    month = given.call_month.value
    return Successor(
        timing=replace(
            timing(case, first_year),
            calls=tuple((year - first_year + month / 12.0, 1.0 / len(calls)) for year in calls),
            deadline=deadline,
        ),
        spread=(float(first - first_year), deadline),
        size=len(calls) / case.programme.envelope,
    )


def _since(day: date, first_year: int) -> float:
    """Years from the start of the first projected year to a day."""
    return day.year - first_year + (day.timetuple().tm_yday - 1) / 365.0


def lots(case: Case, line: Line, first_year: int) -> tuple[Lot, ...]:
    """A line with a contract is cut into one lot a capability; one without is a single lot."""
    parts = line.capabilities.items() if line.contract else [("all", 1.0)]
    return tuple(_lot(case, line, first_year, capability, part) for capability, part in parts if part > 0.0)


def _lot(case: Case, line: Line, first_year: int, capability: str, part: float) -> Lot:
    cost = case.assumptions.cost
    sigma = cost.growth_sigma_new if line.new_development else cost.growth_sigma_shelf
    eu_share = line.share_of_contract(case.assumptions.award.procurement_case.value)
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
        price_sd=_yearly(cost.price_sd, capability),
        sustainment=_yearly(case.assumptions.sustainment, capability),
        minimum=line.min_participants,
        cost_growth=tables.lognormal(
            cost.growth_median.value, sigma.value, cost.growth_low.value, cost.growth_high.value
        ),
        keys=_named_keys(case, line),
    )


def _yearly(shares: Iterable[tuple[str, YearlyShare]], capability: str) -> float:
    """What a capability has [share per year]; nothing where a lot is of no single one."""
    return next((share.value for name, share in shares if name == capability), 0.0)


def _state_share(line: Line, eu_share: float) -> float:
    """Share of the contract the states pay: their part of the rest, and the grant where they receive it."""
    others = (1.0 - line.states_part) * (1.0 - eu_share)
    return 1.0 - others if line.grant_to == "states" else line.states_part * (1.0 - eu_share)


def _spread(case: Case, line: Line, first_year: int) -> tuple[float, float] | None:
    if line.spread_to is None:
        return None
    return float(case.programme.first_call - first_year), float(line.spread_to + 1 - first_year)


def _named_keys(case: Case, line: Line) -> tuple[float, ...] | None:
    if not line.participants:
        return None
    return tuple(line.participants.get(code, 0.0) for code in case.budgets.codes)
