"""Assumptions at the ends of their ranges, against whole runs that assume them."""

from dataclasses import replace

import pytest
from invented.union import assuming, with_lines
from pydantic import ValidationError

from forecaster import assembly
from forecaster.case.quantities import Record
from forecaster.case.settings import settled
from forecaster.drivers.trials import BLOCKS, Trial, Trials, tried
from forecaster.drivers.trials import assuming as with_value
from forecaster.pipeline import run as simulated
from forecaster.run import Run


@pytest.fixture(scope="module")
def run(invented_union) -> Run:
    return simulated(
        settled(invented_union, scenarios=["baseline"], paths=1024 * BLOCKS, drivers=False), workers=1
    )


@pytest.fixture(scope="module")
def trials(run) -> Trials:
    from forecaster.drivers import looked_at

    baseline = assembly.scenarios(run.case, (run.baseline,), len(run.years))[0]
    focus = looked_at(run.model, baseline, run.statistics)
    return Trials(run.case, run.model, run.forecast, baseline, run.settings.seed, focus)


@pytest.mark.parametrize(
    ("key", "end"),
    [
        ("capacity.pass_below", "high"),
        ("cost.growth_median", "low"),
        ("cost.saving_low", "high"),
        ("budgets.voted_sd", "high"),
        ("economy.growth_sd", "low"),
        ("dependence.budget_rho", "high"),
        ("award.procurement_case", "low"),
        ("participation.states_per_contract", "high"),
        ("treasury.additionality", "low"),
        ("strain.red", "high"),
        ("safe.rate", "high"),  # one of the states serves its loan from the defence budget
    ],
)
def test_a_trial_is_a_run_that_assumes_it(run, trials, key, end):
    ends = next(one for one in tried(run.case) if one.key == key)
    _is_a_run(run, trials, ends, end, assuming(run.case, {key: getattr(ends, end)}))


@pytest.mark.parametrize(("key", "end"), [("eu_share", "low"), ("eu_share", "high"), ("new", "high")])
def test_so_is_one_of_a_judgement_on_a_line(run, trials, key, end):
    ends = next(one for one in tried(run.case) if one.key == f"line.project.{key}")
    _is_a_run(run, trials, ends, end, with_lines(run.case, {"project": {key: getattr(ends, end)}}))
    net = Trial(trials, ends)()[:, 2 * len(run.states)]
    assert abs(net[1] - net[0]) > 1.0


def _is_a_run(run, trials, ends, end, case):
    """A trial at one end of a range comes to what a run of the case with that value does."""
    whole = simulated(settled(case, scenarios=["baseline"], paths=2048, drivers=False), workers=1)
    means = Trial(trials, ends)()[("low", "high").index(end)]
    number = len(run.states)
    worst = zip(run.states, trials.focus.worst, strict=True)
    strain = [whole.statistics.mean("strain", whole.baseline, code)[t] for code, t in worst]
    assert means[:number] == pytest.approx(strain, abs=1e-8)
    red = [whole.statistics.any_year("red", whole.baseline, code) for code in run.states]
    assert means[number : 2 * number] == pytest.approx(red, abs=1e-12)
    net = whole.statistics.mean("net_call", whole.baseline, "EU").sum()
    assert means[2 * number] == pytest.approx(net, rel=1e-6)


def test_only_assumptions_of_the_forecast_move_it(run):
    """Else a trial would have to forecast again."""
    for ends in tried(run.case):
        if ends.low is not None:
            case = with_value(run.case, ends.key, ends.low)
            if assembly.plan_rules(case) == assembly.plan_rules(run.case):
                other = assembly.budget_forecast(case, run.years)
                assert repr(other) == repr(run.forecast), ends.key


def test_all_ranges_of_the_file_are_tried(run):
    keys = {key for key, record in run.case.records.items() if record.range is not None}
    assert {"line.project.eu_share", "line.project.new"} <= keys
    found = {ends.key: ends for ends in tried(run.case)}
    assert set(found) == keys | {"award.procurement_case"}
    assert (found["cost.growth_median"].low, found["cost.growth_median"].high) == (1.03, 1.25)
    assert found["participation.states_per_contract"].low == 3
    committed = run.case.assumptions.capacity.committed.value
    assert found["capacity.committed"].high == pytest.approx([c + 0.05 for c in committed])
    assert max(found["dependence.budget_rho"].high) == pytest.approx(0.55)
    cases = found["award.procurement_case"]
    assert (cases.low, cases.high) == ("observed", "legal")


def test_where_no_line_has_cases_they_are_not_tried(run):
    lines = {line.id: {"eu_share": 0.5} for line in run.case.programme.lines}
    found = {ends.key for ends in tried(with_lines(run.case, lines))}
    assert found == {ends.key for ends in tried(run.case)} - {"award.procurement_case"}


def test_an_end_that_is_not_allowed_is_left_out(run, trials):
    """A lower cut of cost growth above its median: the section refuses it."""
    cost = run.case.assumptions.cost
    wide = cost.model_copy(update={"growth_low": cost.growth_low.model_copy(update={"range": (0.7, 1.2)})})
    case = replace(run.case, assumptions=run.case.assumptions.model_copy(update={"cost": wide}))
    ends = next(one for one in tried(case) if one.key == "cost.growth_low")
    assert (ends.low, ends.high) == (0.7, None)
    with pytest.raises(ValidationError, match="growth_low is above growth_median"):
        with_value(run.case, "cost.growth_low", 1.2)
    found = Trial(trials, ends)()
    assert (found[1] != found[1]).all()
    assert (found[0] == found[0]).all()


def test_a_value_is_checked_as_in_the_file(run):
    with pytest.raises(ValidationError):
        with_value(run.case, "capacity.safe_new", 1.5)
    assert isinstance(with_value(run.case, "capacity.safe_new", 1.0).assumptions.capacity.safe_new, Record)


def test_what_moves_nothing_is_not_simulated(run, trials):
    ends = next(one for one in tried(run.case) if one.key == "tie_out.tolerance")
    found = Trial(trials, ends)()
    assert found[0].tolist() == found[1].tolist() == found[2].tolist()
