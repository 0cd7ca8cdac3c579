from dataclasses import replace

import pytest
from invented.union import with_lines

from forecaster import pipeline
from forecaster.case import Case, bundled_case
from forecaster.case.settings import settled
from forecaster.checks import controls
from forecaster.engine import Simulation
from forecaster.run import Check, Run


@pytest.fixture(scope="module")
def run(invented_union: Case) -> Run:
    return pipeline.run(settled(invented_union, scenarios=["squeeze"], paths=2048), workers=1)


def again(run: Run, case: Case, error: float = 0.0) -> dict[str, Check]:
    """Checks of a run, by name, with a case or an error of its own."""
    found = controls.checks(case, run.settings, run.model, Simulation(run.statistics, error))
    return {check.name: check for check in found}


def test_names_of_checks_tell_them_apart(run: Run) -> None:
    names = [check.name for check in run.checks]
    assert len(set(names)) == len(names)
    assert all(check.where and check.unit for check in run.checks)


def test_every_identity_is_checked(run: Run) -> None:
    told = " | ".join(check.name for check in run.checks)
    for what in (
        "Programme lines add up to the envelope",
        "Grant payments before 2027",
        "Grant payments after 2033",
        "decommitted = commitments: EU",
        "decommitted = commitments: office",
        "EU payments x additionality: 2026",
        "EU payments x additionality: 2035",
        "Ukraine and EU = contract outlay: aid",
        "Payers of each contract in each draw",
    ):
        assert what in told


def test_lines_that_do_not_add_up_fail(run: Run, invented_union: Case) -> None:
    check = again(run, with_lines(invented_union, {"fund": {"amount": 71.0}}))[
        "Programme lines add up to the envelope"
    ]
    assert (check.passed, check.found, check.expected) == (False, 901.0, 900.0)


def test_a_payers_identity_broken_in_a_draw_fails(run: Run, invented_union: Case) -> None:
    assert not again(run, invented_union, error=1e-8)["Payers of each contract in each draw"].passed
    assert again(run, invented_union, error=1e-10)["Payers of each contract in each draw"].passed


def test_sums_that_do_not_meet_fail(run: Run, invented_union: Case) -> None:
    """Told one line for another, the checks on its payments and payers do not pass."""
    lines = run.statistics.tallies["baseline"].lines
    yearly, place = lines.yearly, lines.lines.index("joint")
    totals = yearly.sums.totals[yearly.metrics.index("outlay_states")]
    totals[place] += 1_000_000
    try:
        name = "States, industry, Ukraine and EU = contract outlay: joint"
        assert not again(run, invented_union)[name].passed
    finally:
        totals[place] -= 1_000_000


def test_payments_out_of_their_years_fail(run: Run, invented_union: Case) -> None:
    late = replace(
        invented_union, programme=invented_union.programme.model_copy(update={"first_payment": 2029})
    )
    assert not again(run, late)["Grant payments before 2029"].passed


def test_a_union_of_three_is_not_compared_with_the_27(run: Run) -> None:
    assert not [check for check in run.checks if "against EDA" in check.name]


def test_the_bundled_case_ties_out_and_keeps_to_the_law() -> None:
    case = bundled_case()
    found = {check.name: check for check in (*controls._investment(case), *controls._legal(case))}
    tied = found["Defence investment of the 27 in 2025 against EDA"]
    assert tied.passed
    assert tied.tolerance == pytest.approx(6500.0)
    legal = [check for check in found.values() if check.kind != "equal"]
    assert len(legal) >= 6
    assert all(check.passed for check in legal)


def test_the_law_binds_only_the_programme_it_made(run: Run) -> None:
    assert not [check for check in run.checks if check.kind != "equal"]


@pytest.mark.parametrize(
    ("kind", "found", "excess"),
    [
        ("equal", 9.0, 1.0),
        ("at least", 11.0, 0.0),
        ("at least", 9.0, 1.0),
        ("at most", 9.0, 0.0),
        ("at most", 11.0, 1.0),
    ],
)
def test_excess_is_what_is_on_the_wrong_side(kind: str, found: float, excess: float) -> None:
    check = Check("a", found, 10.0, 0.5, "share", "here", kind)
    assert check.excess == excess
    assert check.passed is (excess <= 0.5)
