"""What `check`, `run` and the Cover warn of in a case in which nothing is wrong."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner
from invented.union import assuming, without

from forecaster.case import Case, init, load
from forecaster.case.cautions import cautions
from forecaster.case.programme import Call
from forecaster.case.settings import settled
from forecaster.cli import cli
from forecaster.pipeline import run
from forecaster.readers import WORKBOOK
from forecaster.sheets import report

CALLS = (
    "programme.toml, programme.calls: calls begin in 2023, before the first projected year 2026; what is "
    "committed, paid and spent until then is shown in 2026. To see it in its own years, set run.base_year "
    "to 2022 (assumptions.toml, or run with --set run.base_year=2022)."
)


def test_the_bundled_case_needs_none(whole: Case) -> None:
    assert list(cautions(whole)) == []


def test_calls_before_the_first_projected_year_are_told_by_check(tmp_path: Path) -> None:
    init(tmp_path / "asap", csv=True, force=False, example="asap")
    done = CliRunner().invoke(cli, ["check", str(tmp_path / "asap")], prog_name="forecaster")
    assert done.exit_code == 0
    assert done.output.splitlines()[-3:-1] == ["Warnings: 2", f"  {CALLS}"]
    assert list(cautions(load(tmp_path / "asap", ["run.base_year=2022"]))) == []


@pytest.mark.parametrize(("year", "day"), [(2025, date(2026, 1, 15)), (2026, date(2025, 12, 31))])
def test_a_call_counts_by_its_date_and_by_the_year_of_its_commitment(
    whole: Case, year: int, day: date
) -> None:
    """Equal yearly parts, as of administration, begin in the year of the first call."""
    first, *others = whole.programme.calls
    early = first.model_copy(update={"year": year, "date": day})
    (told,) = cautions(with_calls(whole, (early, *others)))
    assert "calls begin in 2025, before the first projected year 2026" in told
    assert "--set run.base_year=2024" in told


def test_loans_drawn_before_the_first_projected_year_are_told(whole: Case) -> None:
    assert list(cautions(assuming(whole, {"safe.last_draw": 2026}))) == []
    (told,) = cautions(assuming(whole, {"safe.last_draw": 2025}))
    assert told == (
        "assumptions.toml, safe.last_draw: 2025 is before the first projected year 2026; all that is drawn "
        "of SAFE is shown in 2026, and served from 2027 on."
    )


def test_a_case_of_fewer_states_than_the_union_is_told(whole: Case) -> None:
    told = (
        "26 of the Union's 27 states (tie_out.states). Own resources, the interest of the loan to Ukraine "
        "and contracts are shared among the states of the case alone. To see one state among all, keep all "
        "in the tables and run with --state."
    )
    left = without(whole, "MT")
    tables = {name: sha256 for name, sha256 in left.files.items() if name != WORKBOOK}
    assert list(cautions(replace(left, files={**tables, WORKBOOK: ""}))) == [f"budgets.xlsx, states: {told}"]
    assert list(cautions(replace(left, files=tables))) == [f"states.csv: {told}"]
    assert list(cautions(assuming(left, {"tie_out.states": 26}))) == []


def test_a_run_and_its_cover_tell_them(invented_union: Case) -> None:
    early = assuming(invented_union, {"safe.last_draw": 2025})
    done = run(settled(early, paths=1024, years=2, drivers=False), workers=1)
    (told,) = (line for line in cautions(early) if "safe.last_draw" in line)
    assert told in done.warnings
    cover = next(sheet for sheet in report(done) if sheet.name == "Cover")
    assert any(told in getattr(block, "lines", ()) for block in cover.blocks)


def with_calls(case: Case, calls: tuple[Call, ...]) -> Case:
    programme = case.programme.model_copy(update={"calls": calls})
    return replace(case, programme=programme)


def with_rates(case: Case, code: str, by_year: dict[str, float]) -> Case:
    figures = (
        replace(one, value=by_year[one.item])
        if (one.table, one.code) == ("exchange", code) and one.item in by_year
        else one
        for one in case.budgets.figures
    )
    return replace(case, budgets=replace(case.budgets, figures=tuple(figures)))


@pytest.mark.parametrize(
    ("rate", "usual", "meant"),
    [(0.0408, 25.1219, "Upside down? 1 / 0.0408 is 24.51."), (250.0, 25.6567, "A slip of the digits?")],
)
def test_a_rate_far_from_the_others_of_its_currency_is_told(
    whole: Case, rate: float, usual: float, meant: str
) -> None:
    told = next(cautions(with_rates(whole, "CZ", {"2028": rate})))
    assert f"CZ 2028: {rate:g} CZK for a euro; the median of its years is {usual:g}. {meant}" in told


def test_rates_upside_down_in_every_year_are_told(whole: Case) -> None:
    rates = {
        one.item: 1.0 / one.value
        for one in whole.budgets.figures
        if (one.table, one.code) == ("exchange", "PL")
    }
    told = next(cautions(with_rates(whole, "PL", rates)))
    assert told.endswith(
        "PLN for a euro, less than 1 in every year; no member state's money is worth more than the euro. "
        "Upside down?"
    )


def test_a_currency_may_lose_half_of_its_worth(whole: Case) -> None:
    told = list(cautions(with_rates(whole, "HU", {"2029": 800.0})))
    assert not [line for line in told if "for a euro" in line]


def test_growth_other_than_that_of_gdp_is_told(whole: Case) -> None:
    """GDP alone counts in published years: a change of growth moved nothing there, and nobody said so."""
    for growth, others in (
        ({"2027": 0.01}, ""),
        ({"2027": 0.01, "2028": 0.5}, " Cells of which that holds: 2."),
    ):
        figures = (
            replace(one, value=growth[one.item])
            if (one.table, one.code) == ("growth", "AT") and one.item in growth
            else one
            for one in whole.budgets.figures
        )
        (told,) = cautions(replace(whole, budgets=replace(whole.budgets, figures=tuple(figures))))
        assert told.startswith("budgets.xlsx, growth!")
        assert ": AT 2027: growth of 1.0 % and inflation of " in told
        assert told.endswith(
            f"growth and inflation count after 2030 alone. Change the three tables together.{others}"
        )


def test_growth_may_be_rounded(whole: Case) -> None:
    figures = (
        replace(one, value=round(one.value, 3)) if one.table in {"growth", "deflator"} else one
        for one in whole.budgets.figures
    )
    assert list(cautions(replace(whole, budgets=replace(whole.budgets, figures=tuple(figures))))) == []


def with_plans(case: Case, code: str, *years: int, **changes: object) -> Case:
    """A case with rows of a new series of a state, in use."""
    first = next(plan for plan in case.budgets.plans if plan.use)
    spent = case.budgets.figure("spending", code, 2025)
    amount = spent.value if spent else 0.0
    rows = [
        replace(
            first, code=code, year=year, amount=amount, amount_national=None, series="new", cell=f"row {year}"
        )
        for year in years
    ]
    new = [replace(row, **changes) for row in rows]  # type: ignore[arg-type]  # of any field
    return replace(case, budgets=replace(case.budgets, plans=(*case.budgets.plans, *new)))


def test_a_plan_of_a_series_of_its_own_is_told_to_be_of_no_effect(whole: Case) -> None:
    """A new series may grow from 2026 in Poland, whose 2026 is known; in Malta 2026 leads to nothing."""
    assert list(cautions(with_plans(whole, "PL", 2026, 2027))) == []
    assert list(cautions(with_plans(whole, "MT", 2025, 2026))) == []
    assert list(cautions(with_plans(whole, "MT", 2025))) == []
    assert list(cautions(with_plans(whole, "PL", 2027, use=False))) == []
    (told,) = cautions(with_plans(whole, "MT", 2026, 2027))
    assert told == (
        "row 2026: MT 2026: of no effect. A plan enters by its growth within one series, and 'new' has no "
        "amount of 2025 or of a later year that other rows reach. Enter the amount of 2025 by the same "
        "definition, or the series of a row that has it."
    )
    (told,) = cautions(with_plans(whole, "PL", 2027))
    assert told.startswith("row 2027: PL 2027: of no effect.")


@pytest.mark.parametrize(
    ("table", "year", "told"),
    [
        (
            "spending",
            "2026",
            (
                "x, B2: spending of 2026 is of no effect, as the base year is 2025. Set run.base_year in "
                "assumptions.toml to 2026, or give it as a row of the table plans."
            ),
        ),
        (
            "commitments",
            "2072",
            "x, B2: PL: commitments of 2072 are of no effect; projected are 2026 to 2035.",
        ),
    ],
)
def test_figures_of_years_that_move_nothing(whole: Case, table: str, year: str, told: str) -> None:
    spent = whole.budgets.figure("spending", "PL", 2025)
    assert spent is not None
    figure = replace(spent, table=table, item=year, file="x", sheet="", cell="B2")
    figures = (*whole.budgets.figures, replace(figure, value=0.2 * spent.value))
    assert list(cautions(replace(whole, budgets=replace(whole.budgets, figures=figures)))) == [told]
