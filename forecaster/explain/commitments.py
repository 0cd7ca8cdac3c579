"""Chapter three: what of the investment money is already promised, on the median path."""

from collections.abc import Iterator

import numpy as np

from forecaster.explain.budget import scenario_steps
from forecaster.explain.investment import before_loans, on_top
from forecaster.explain.spot import Spot
from forecaster.explain.steps import Chapter, Step, assumed, computed, read, simulated, text
from forecaster.sheets import money
from models.capacity import cost_over_plan


def commitments(spot: Spot) -> Chapter:
    """Steps to the payments on contracts signed before."""
    return Chapter("Signed before", (*_signed(spot), *_cost(spot), *_end(spot)))


def at_planned_cost(spot: Spot) -> float:
    """Payments on contracts signed before at planned cost, on the median path of the baseline [EUR m]."""
    own = spot.at(spot.state.contracted)
    if not np.isnan(own):
        return own
    committed, plan = spot.at(spot.run.model.capacity.committed), spot.at(spot.state.plan)
    return committed * plan * _passed(spot)


def cost_factor(spot: Spot) -> float:
    """What contracts signed before cost over plan, on the median path of the baseline [factor]."""
    return cost_over_plan(_growth(spot), spot.at(spot.run.model.capacity.cost_phase))


def _passed(spot: Spot) -> float:
    ratio = np.array([before_loans(spot) / spot.at(spot.state.plan)])
    return float(spot.run.model.capacity.passed(ratio)[0])


def _growth(spot: Spot) -> float:
    return float(spot.run.model.capacity.legacy_cost(np.zeros(1))[0])


def _signed(spot: Spot) -> Iterator[Step]:
    own = spot.figure("commitments", spot.year)
    if own:
        yield read(spot, f"the ministry's own contracted payments of {spot.year}", own)
        return
    given = spot.run.case.assumptions.capacity
    share = spot.at(spot.run.model.capacity.committed)
    if spot.ahead <= len(given.committed.value):
        yield assumed(spot, "capacity.committed", f"committed {spot.ahead} years ahead", spot.ahead)
    else:
        last = len(given.committed.value)
        yield assumed(spot, "capacity.committed", f"committed {last} years ahead", last)
        yield assumed(spot, "capacity.committed_step", "less each year after")
        yield assumed(spot, "capacity.committed_floor", "but not below")
        first, step = given.committed.value[-1], given.committed_step.value
        above = share > given.committed_floor.value
        formula = f"{text(first)} - {text(step)} x {spot.ahead - last}" if above else "the floor"
        yield computed("share of planned investment committed", share, "share", formula)
    yield from _pass_through(spot)
    plan = spot.at(spot.state.plan)
    words = f"{text(share)} x {text(plan)} x {text(_passed(spot))}"
    yield computed("signed before, at planned cost", at_planned_cost(spot), "EUR m", words)


def _pass_through(spot: Spot) -> Iterator[Step]:
    """How commitments follow investment that is above or below plan."""
    ratio = before_loans(spot) / spot.at(spot.state.plan)
    words = f"{text(before_loans(spot))} / {text(spot.at(spot.state.plan))}"
    yield computed("investment over plan", ratio, "factor", words)
    side = "above" if ratio > 1.0 else "below"
    step = assumed(spot, f"capacity.pass_{side}", f"follows investment {side} plan with the power")
    yield step
    yield computed("passed through", _passed(spot), "factor", f"{text(ratio)}^{step.value:g}")


def _cost(spot: Spot) -> Iterator[Step]:
    """Cost growth, as far as it has arrived."""
    yield assumed(spot, "cost.growth_median", "cost growth after contract, assumed median")
    yield computed("cost growth on the median path", _growth(spot), "factor", "its median within its bounds")
    yield assumed(spot, "capacity.cost_phase", "arrives over")
    years = spot.run.case.assumptions.capacity.cost_phase.value
    phase = spot.at(spot.run.model.capacity.cost_phase)
    words = f"{spot.ahead} / {text(years)}" if phase < 1.0 else "all of it by now"
    yield computed("part that has arrived", phase, "share", words)
    formula = f"1 + {text(phase)} x ({text(_growth(spot))} - 1)"
    yield computed("cost over plan", cost_factor(spot), "factor", formula)


def _end(spot: Spot) -> Iterator[Step]:
    part = spot.run.model.capacity.safe_committed
    loans = on_top(spot) * part
    calm = spot.at(spot.median_outcome(spot.run.baseline).standing.committed)
    words = f"{text(at_planned_cost(spot))} x {text(cost_factor(spot))}"
    if loans:
        yield assumed(spot, "capacity.safe_committed", "part of SAFE money that is committed when drawn")
        formula = f"{text(on_top(spot))} x {text(part)}"
        yield computed("SAFE money committed when drawn", loans, "EUR m", formula)
        words += f" + {text(loans)}"
    if spot.state.pays_loan:
        service = calm - spot.at(spot.calm.committed)
        yield computed("service of SAFE loans from the defence budget", service, "EUR m", "loan terms")
        words += f" + {text(service)}"
    yield computed("signed before on the median path", calm, "EUR m", words)
    if spot.stressed:
        yield from scenario_steps(spot, "signed before", calm, spot.at(spot.outcome.standing.committed))
    mean = spot.at(spot.run.statistics.mean("committed", spot.scenario, spot.code))
    yield simulated(
        "signed before, mean of all paths", mean, "EUR m", ref=money.MONEY.at(spot.key, "committed")
    )
