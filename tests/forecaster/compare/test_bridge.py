"""The bridge: it closes, it reads the same in both directions, and it says what it cannot take apart."""

import random
from collections.abc import Iterable
from dataclasses import fields, replace

import pytest
from invented.union import assuming, with_figures, with_levers, with_lines, without

from forecaster.case import Case
from forecaster.case.differences import changes
from forecaster.compare.bridge import changed, compared
from forecaster.compare.parts import mixed, runnable
from forecaster.compare.sides import Side
from forecaster.errors import AssumptionError, InputError
from forecaster.figures import Budgets, Source

YEARS, PATHS, SEED = 4, 1024, 7

KEYS = {
    "budgets.plan_weight_near": (0.6, 0.9),
    "economy.growth_sd": (0.012, 0.03),
    "cost.growth_median": (1.0, 1.4),
    "award.lag_high": (12.0, 20.0),
    "capacity.share_sd": (0.01, 0.05),
    "safe.advance": (0.05, 0.3),
    "treasury.additionality": (0.0, 1.0),
    "strain.red": (0.95, 1.1),
}
"""Assumptions that a random case moves, and between which values."""

TABLES = ("spending", "gdp", "gni", "nato_equipment")
"""Tables of which a random case moves the figures of one state."""

NUMBERS = (1, 3, 5, 7, 12, 15)
"""Of random cases, so that between them everything moves that may."""


def side(case: Case, name: str = "A", **settings: int) -> Side:
    return Side(name, case, **({"years": YEARS, "paths": PATHS, "seed": SEED} | settings))


def bridge(first: Case, second: Case, scenario: str = "baseline", **settings: int):
    return compared(side(first), side(second, "B", **settings), scenario, lambda *_: None)


def budgets(case: Case, **tables: object) -> Case:
    return replace(case, budgets=replace(case.budgets, **tables))


def scaled(found: Budgets, table: str, code: str, factor: float) -> tuple:
    return tuple(
        replace(figure, value=figure.value * factor)
        if (figure.table, figure.code) == (table, code)
        else figure
        for figure in found.figures
    )


def without_ranges(case: Case, keys: Iterable[str]) -> Case:
    """A case whose ranges hold any value."""
    assumptions = case.assumptions
    for key in keys:
        section, name = key.split(".")
        table = getattr(assumptions, section)
        record = getattr(table, name).model_copy(update={"range": None})
        assumptions = assumptions.model_copy(update={section: table.model_copy(update={name: record})})
    return replace(case, assumptions=assumptions)


def varied(case: Case, number: int) -> Side:
    """A case with some of its parts moved at random, the same for the same number."""
    draw = random.Random(number)
    case = with_other_figures(case, draw)
    for key, (low, high) in KEYS.items():
        if draw.random() < 0.3:
            case = assuming(case, {key: draw.uniform(low, high)})
    if draw.random() < 0.3:
        case = with_lines(case, {"joint": {"new": draw.uniform(0.0, 1.0)}})
    if draw.random() < 0.2:
        case = without(case, "BO")
    return side(
        case, f"case {number}", years=draw.choice([3, YEARS, YEARS]), seed=draw.choice([1, SEED, SEED])
    )


def with_other_figures(case: Case, draw: random.Random) -> Case:
    for table in TABLES:
        if draw.random() < 0.3:
            case = budgets(case, figures=scaled(case.budgets, table, "AL", draw.uniform(0.9, 1.1)))
    if draw.random() < 0.4:
        loans = tuple(replace(loan, allocation=2.0 * loan.allocation) for loan in case.budgets.loans)
        case = budgets(case, loans=loans)
    if draw.random() < 0.4:
        plans = tuple(
            replace(plan, amount=1.1 * plan.amount) if plan.year > 2026 else plan
            for plan in case.budgets.plans
        )
        case = budgets(case, plans=plans)
    return with_figures(case, "commitments", {("AL", 2027): 2000.0}) if draw.random() < 0.3 else case


def test_random_cases_between_them_move_everything(invented_union):
    pairs = [(varied(invented_union, number), varied(invented_union, number + 100)) for number in NUMBERS]
    moved = {change.part for one, other in pairs for change in changes(one.case, other.case)}
    tables = {f"figures.{table}" for table in (*TABLES, "commitments")}
    assumed = {f"assumptions.{key}" for key in KEYS}
    assert {"states", "plans", "loans", "programme.line.joint", *tables, *assumed} <= moved
    for setting in ("years", "seed"):
        assert any(getattr(one, setting) != getattr(other, setting) for one, other in pairs)


@pytest.mark.slow
@pytest.mark.parametrize("number", NUMBERS)
def test_a_bridge_closes_and_swapping_its_ends_changes_the_signs_exactly(invented_union, number):
    first, second = varied(invented_union, number), varied(invented_union, number + 100)
    there = compared(first, second, "baseline", lambda *_: None)
    back = compared(second, first, "baseline", lambda *_: None)
    assert there.groups
    assert there.runs == max(2, 2 * len(there.groups))
    assert there.worst_error <= 1e-9
    assert [group.label for group in there.groups] == [group.label for group in back.groups]
    forth = {(bars.headline.place, bars.headline.name): bars for bars in (*there.union, *there.states)}
    for bars in (*back.union, *back.states):
        other = forth[bars.headline.place, bars.headline.name]
        assert bars.steps == tuple(-step for step in other.steps)
        assert (bars.start, bars.end) == (other.end, other.start)
    assert any(any(bars.steps) for bars in there.union)


def test_one_changed_assumption_is_one_bar_equal_to_the_whole_change(invented_union):
    found = bridge(invented_union, assuming(invented_union, {"cost.growth_median": 1.3}))
    assert [group.label for group in found.groups] == ["cost.growth_median"]
    assert [change.what for change in found.changes] == ["cost.growth_median"]
    assert (found.changes[0].old, found.changes[0].new) == (1.1, 1.3)
    assert found.runs == 2
    for bars in (*found.union, *found.states):
        assert bars.steps == (bars.change,)
    gap = next(bars for bars in found.union if bars.headline.quantity == "gap")
    assert gap.change > 0.0


def test_nothing_differs_between_a_case_and_itself(invented_union):
    found = bridge(invented_union, invented_union)
    assert found.changes == ()
    assert found.groups == ()
    assert {bars.change for bars in (*found.union, *found.states)} == {0.0}
    assert found.worst_error == 0.0


def test_words_move_nothing(invented_union):
    record = invented_union.assumptions.cost.premium.model_copy(
        update={"source": "another", "status": "weak"}
    )
    cost = invented_union.assumptions.cost.model_copy(update={"premium": record})
    other = replace(invented_union, assumptions=invented_union.assumptions.model_copy(update={"cost": cost}))
    found = bridge(invented_union, other)
    assert [change.what for change in found.changes] == ["cost.premium: status", "cost.premium: source"]
    assert not any(change.moves for change in found.changes)
    assert found.groups == ()


@pytest.mark.parametrize("name", [field.name for field in fields(Source) if field.name != "table"])
def test_every_word_about_a_table_is_compared(invented_union, name):
    first, *rest = invented_union.budgets.sources
    other = budgets(invented_union, sources=(replace(first, **{name: "other"}), *rest))
    (found,) = changes(invented_union, other)
    assert found.what == f"source of {first.table}: {name}"
    assert not found.moves


@pytest.mark.parametrize(("name", "value"), [("amount_national", 9.5), ("currency", "XYZ")])
def test_a_plan_in_other_money_is_compared(invented_union, name, value):
    """The amount in euro counts: no result depends on these."""
    first, *rest = invented_union.budgets.plans
    other = budgets(invented_union, plans=(replace(first, **{name: value}), *rest))
    (found,) = changes(invented_union, other)
    assert found.what.endswith(f": {name}")
    assert not found.moves


def test_what_cannot_be_parted_is_one_bar_and_says_why(invented_union):
    # a median of 2.6 lies above the old upper bound of 2.5: no case holds the one without the other
    values = {"cost.growth_median": 2.6, "cost.growth_high": 3.0, "safe.advance": 0.3}
    found = bridge(
        without_ranges(invented_union, values), assuming(without_ranges(invented_union, values), values)
    )
    assert [group.label for group in found.groups] == [
        "cost.growth_high + cost.growth_median",
        "safe.advance",
    ]
    assert "growth_median is above growth_high" in found.groups[0].reason
    assert found.groups[1].reason == ""


def test_amounts_of_lines_go_with_what_keeps_them_to_the_envelope(invented_union):
    lines = {line.id: line.amount for line in invented_union.programme.lines}
    (one, more), (other, less) = sorted(lines.items())[:2]
    moved = with_lines(invented_union, {one: {"amount": more + 1.0}, other: {"amount": less - 1.0}})
    found = bridge(invented_union, moved)
    (group,) = found.groups
    assert group.label == f"Programme: {one} + Programme: {other}"
    assert "the envelope is" in group.reason


def test_a_state_of_one_side_is_a_bar_of_its_own(invented_union):
    found = bridge(invented_union, without(invented_union, "BO"))
    assert [group.label for group in found.groups] == ["States"]
    assert [change.what for change in found.changes] == ["BO, name"]
    assert {bars.headline.place for bars in found.states} == {"AL", "NO"}
    net = next(bars for bars in found.union if bars.headline.quantity == "net_call")
    assert net.steps == (net.change,)
    assert net.change != 0.0


def test_years_of_one_side_are_a_bar_of_their_own(invented_union):
    found = bridge(invented_union, invented_union, years=6)
    assert [group.label for group in found.groups] == ["Settings: years"]
    net = next(bars for bars in found.union if bars.headline.quantity == "net_call")
    assert net.change != 0.0
    assert all(bars.headline.year in (None, *range(2026, 2030)) for bars in found.states)


def test_seed_and_draws_are_a_bar_of_their_own(invented_union):
    found = bridge(invented_union, invented_union, seed=8, paths=2048)
    assert [group.label for group in found.groups] == ["Settings: seed and draws"]
    assert [change.what for change in found.changes] == ["paths of the bridge", "seed of the bridge"]


def test_a_scenario_is_bridged_by_its_own_levers(invented_union):
    other = with_levers(invented_union, "squeeze", {"cost_growth": 1.2})
    calm, tight = bridge(invented_union, other), bridge(invented_union, other, "squeeze")
    assert [group.label for group in calm.groups] == ["Scenarios"]
    assert {bars.change for bars in calm.union} == {0.0}
    assert next(bars for bars in tight.union if bars.headline.quantity == "gap").change > 0.0


def test_sides_that_start_in_different_years_are_refused(invented_union):
    run = invented_union.assumptions.run.model_copy(update={"base_year": 2024})
    other = replace(invented_union, assumptions=invented_union.assumptions.model_copy(update={"run": run}))
    with pytest.raises(AssumptionError, match=r"A starts from 2025, B from 2024 \(run.base_year\)"):
        bridge(invented_union, other)


def test_sides_without_a_state_in_common_are_refused(invented_union):
    first = without(without(invented_union, "AL"), "BO")
    with pytest.raises(InputError, match="A and B have no state in common"):
        bridge(first, without(invented_union, "NO"))


def test_a_scenario_of_one_side_is_refused(invented_union):
    other = replace(invented_union, scenarios=invented_union.scenarios[:1])
    with pytest.raises(AssumptionError, match="B has no scenario 'squeeze', so nothing can be bridged in it"):
        bridge(invented_union, other, "squeeze")


def test_all_parts_of_the_second_side_make_the_second_case(invented_union):
    first, second = varied(invented_union, 3), varied(invented_union, 104)
    from forecaster.compare.parts import moving

    parts = moving(changed(first, second))
    one, other = runnable(mixed(first, second, parts), "baseline"), runnable(second, "baseline")
    assert (one.seed, one.paths, one.model.years) == (other.seed, other.paths, other.model.years)
    assert repr(one.model) == repr(other.model)


def test_every_field_of_a_case_is_compared():
    # a new field must be mixed too: see forecaster/compare/parts.py
    compared_fields = {"budgets", "assumptions", "programme", "scenarios"}
    told_apart = {"folder", "warnings", "files"}
    assert set(Case.__dataclass_fields__) == compared_fields | told_apart
    parts = {"states", "figures", "plans", "loans", "rules"}
    assert set(Budgets.__dataclass_fields__) == parts | {"sources", "files", "warnings"}
