"""A case's public finances as the model gets them."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from invented.union import assuming, invented

from forecaster import assembly
from forecaster.assembly.fiscal import published, safe_flows
from forecaster.case import Case
from models.model import Model

YEARS = tuple(range(2026, 2046))


def test_a_path_stays_at_the_nearest_year_of_its_table(invented_union: Case) -> None:
    found = published(invented_union.budgets, "balance", (2020, 2023, 2030, 2040))
    assert found.tolist() == [[-0.025] * 4, [-0.034] * 4, [0.01] * 4]


def test_paths_are_those_of_the_tables(invented_model: Model) -> None:
    fiscal = invented_model.fiscal
    assert fiscal.balance[:, 0].tolist() == [-2.5, -3.4, 1.0]
    assert fiscal.debt[:, 0].tolist() == [80.0, 60.0, 35.0]
    assert fiscal.rate[:, 0].tolist() == [0.02, 0.03, 0.015]
    assert fiscal.gdp_before.tolist() == [1_000_000.0, 300_000.0, 500_000.0]


def test_what_is_kept_has_neither_fallen_due_nor_been_added(invented_model: Model) -> None:
    """Alderland's debt stays at 80 % of a GDP that grows by 3.53 % in 2026: 0.875 / 1.0353 keeps its rate."""
    assert invented_model.fiscal.kept[0, 0] == pytest.approx(0.875 / 1.0353, rel=1e-9)


def test_debt_that_shrinks_keeps_no_more_than_all(invented_union: Case) -> None:
    never = assuming(invented_union, {"fiscal.maturing": 0.0})
    shrinking = replace(
        never.budgets,
        figures=tuple(
            replace(f, value=0.1) if f.table == "debt" and f.item > "2026" else f
            for f in never.budgets.figures
        ),
    )
    found = assembly.budget_forecast(never, range(2026, 2030))
    kept = assembly.model(replace(never, budgets=shrinking), found).fiscal.kept
    assert kept[:, 1].tolist() == [1.0, 1.0, 1.0]


def test_safe_is_drawn_and_repaid_in_full(tmp_path: Path) -> None:
    """Alderland's 6,000: 900 at once, then 1,275 a year to 2030; repaid from the fifth year on, over six."""
    case = assuming(invented(tmp_path / "case"), {"safe.grace": 4, "safe.repayment": 6})
    drawn, repaid = safe_flows(case, YEARS)
    assert drawn[0, :6].tolist() == pytest.approx([900.0, 1275.0, 1275.0, 1275.0, 1275.0, 0.0])
    assert repaid[0, :6].tolist() == pytest.approx([0.0, 0.0, 0.0, 0.0, 0.0, 150.0])
    assert repaid.sum(axis=1) == pytest.approx(drawn.sum(axis=1))


def test_new_loans_are_delivered_a_year_after_the_draw(invented_union: Case, invented_model: Model) -> None:
    """Half of the loans comes on top; what is drawn ahead of delivery is made up in the end."""
    fiscal = invented_model.fiscal
    assert fiscal.safe_ahead[0, :3].tolist() == pytest.approx([450.0, 637.5 - 450.0, 0.0])
    assert fiscal.safe_cost[0, :3].tolist() == pytest.approx([0.0, 450.0, 637.5])
    assert fiscal.safe_owed[0, :3].tolist() == pytest.approx([0.0, 450.0, 1087.5])
    assert fiscal.safe_ahead.sum(axis=1) == pytest.approx(np.zeros(3), abs=1e-9)
    at_once = assuming(invented_union, {"fiscal.safe_delivery": 0})
    found = assembly.budget_forecast(invented_union, range(2026, 2036))
    assert (assembly.model(at_once, found).fiscal.safe_ahead == 0.0).all()


@pytest.mark.parametrize(("years", "delivery"), [(3, 3), (3, 4), (5, 8), (1, 25)])
def test_what_is_delivered_after_the_horizon_is_all_ahead(
    invented_union: Case, years: int, delivery: int
) -> None:
    late = assuming(invented_union, {"fiscal.safe_delivery": delivery})
    fiscal = assembly.model(late, assembly.budget_forecast(late, YEARS[:years])).fiscal
    assert fiscal.safe_ahead[0].tolist() == pytest.approx([450.0, 637.5, 637.5, 637.5, 637.5][:years])
    assert (fiscal.safe_cost == 0.0).all()
