"""Sentences of a report where a case is quite another than the bundled one: each says what holds there."""

import re
from dataclasses import replace

import numpy as np
import pytest
from invented.union import with_figures
from on_sheets import text

from forecaster import findings
from forecaster.case.scenarios import combination, named_twice
from forecaster.errors import AssumptionError
from forecaster.findings import answer
from forecaster.findings.fiscal import public_finances
from forecaster.findings.judged import signed
from forecaster.findings.strained import reasons
from forecaster.report.places import Place
from forecaster.report.styles import decimal, percent
from forecaster.sheets.outlays.plan_bridge import last_step
from forecaster.sheets.tie_out.published import nato_moves


def test_a_name_that_needs_an_article_has_it_within_a_sentence(usual):
    states = tuple(replace(state, name=f"{state.name} Republic") for state in usual.case.budgets.states)
    run = replace(usual, case=replace(usual.case, budgets=replace(usual.case.budgets, states=states)))
    alone = run.of("AL")
    told = (*findings.findings(run), *findings.findings(alone), public_finances(run), public_finances(alone))
    parts = " ".join((*told, signed(alone), text(run, "Explorer"), text(run, "Obligations")))
    named = re.findall(r"\w+ (?=[A-Z][a-z]+ Republic)", parts)
    assert len(named) > 8
    assert {word.lower() for word in named} == {"the "}
    assert "The Alderland Republic has a published deficit" in parts


def test_an_article_is_given_once():
    names = {"Netherlands": "the Netherlands", "The Netherlands": "the Netherlands", "Malta": "Malta"}
    assert {name: Place("X", name, ()).spoken for name in names} == names


def test_amounts_that_are_not_zero_do_not_read_so(tiny):
    programme, own, *_ = answer.answer(tiny)
    told = " ".join((programme, own, *findings.findings(tiny)[:2], public_finances(tiny)))
    paid = re.findall(r"EUR ([\d,.]+) m", f"{programme} {own} {findings.findings(tiny)[1]}")
    assert len(paid) == 8
    assert all(float(amount) > 0.0 for amount in paid)
    assert float(re.findall(r"take at most ([\d.]+) points", told)[0]) > 0.0


def test_points_of_debt_do_not_read_as_zero(usual, monkeypatch):
    monkeypatch.setattr(type(usual.statistics), "mean", lambda *_: np.full(len(usual.years), 0.04))
    assert " 0.04 points of GDP above " in public_finances(usual)
    assert "(+0.04, loans " in public_finances(usual)


def test_a_safe_loan_is_said_to_pull_strain_both_ways(usual):
    """Half of a loan lowers the median and raises P(red): strain is pulled towards the part that is bound."""
    told = text(usual, "Key")
    assert "it pulls strain towards 90 %, up from below and down from above." in told
    assert "a smaller loan may lower the median strain and yet raise P(red)." in told
    none = replace(usual.model.capacity, safe_new=0.0)
    assert "SAFE loan" not in text(replace(usual, model=replace(usual.model, capacity=none)), "Key")
    high = replace(usual.model.capacity, safe_committed=1.0)
    assert "SAFE" not in " ".join(reasons(replace(usual, model=replace(usual.model, capacity=none))))
    sure = text(replace(usual, model=replace(usual.model, capacity=high)), "Key")
    assert "yet raise P(red)" not in sure


def test_money_from_loans_is_no_part_of_a_budget(usual):
    """With SAFE loans on top more may be invested than a budget holds: "128 % of the budget" was no share."""
    state = next(state for state in usual.model.states if state.code == "AL")
    drawn = {year for year, draw in zip(usual.years, state.safe_draw, strict=True) if draw > 0.0}
    (told,) = (line for line in reasons(usual) if line.startswith("Alderland"))
    year = int(told.split(", ")[1].split(":")[0])
    assert ("what is invested, SAFE loans on top, comes to" in told) == (year in drawn)
    assert drawn


def test_the_control_against_eda_is_named_where_it_is_made(usual):
    assert not any(check.name.startswith("Defence investment") for check in usual.checks)
    assert "against EDA's total" not in text(usual, "Tie-out")


@pytest.mark.parametrize(
    ("inner", "outer", "words"),
    [
        (0.79, 0.95, "can be taken at their word"),
        (0.70, 0.951, "are too narrow"),
        (0.90, 0.95, "are too wide"),
        (0.70, 0.99, "are too narrow here and too wide there"),
    ],
)
def test_ranges_are_judged_by_the_one_that_is_off(run_with_backtest, inner, outer, words):
    run, found = run_with_backtest
    main = replace(found.scores[0], cover80=inner, cover95=outer)
    assert words in findings.trust(run, replace(found, scores=(main, *found.scores[1:])))[0]


def test_a_method_worse_than_a_straight_line_is_told(run_with_backtest):
    run, found = run_with_backtest
    main = replace(found.scores[0], skill=-0.1)
    told = findings.trust(run, replace(found, scores=(main, *found.scores[1:]), misses=()))
    assert "The error is 10 % larger than" in told[1]
    assert "a break of policy. A range" in told[3]
    apart = findings.trust(run, replace(found, rho=np.zeros_like(found.rho)))
    assert "States move together" not in apart[2]


def test_a_scenario_is_not_named_twice_in_a_combination(case):
    assert named_twice("recession+rate-shock") == ""
    told = named_twice("recession+recession")
    assert told.startswith("recession+recession names recession twice. Name it once; ")
    with pytest.raises(AssumptionError, match="names squeeze twice"):
        combination(case.scenarios, "squeeze+sequel+squeeze")


def test_the_last_step_of_the_bridge_says_which_way_it_goes():
    assert last_step(110.0, 100.0).endswith("few costly paths pull the mean above the median.")
    assert last_step(90.0, 100.0).endswith("few cheap paths pull the mean below the median.")
    assert last_step(0.0, 0.0) == ""


def test_a_year_of_natos_figures_moves_by_what_the_inputs_say(usual):
    """The bundled note once said 20 points where Luxembourg's share moved by 26 in 2025."""
    case = usual.case
    none = tuple(one for one in case.budgets.figures if one.table != "nato_equipment")
    assert nato_moves(replace(usual, case=replace(case, budgets=replace(case.budgets, figures=none)))) == ""
    found = {("AL", 2021): 0.21, ("AL", 2022): 0.47, ("BO", 2021): 0.3}
    known = with_figures(replace(case, budgets=replace(case.budgets, figures=none)), "nato_equipment", found)
    assert "moves by up to 26 points" in nato_moves(replace(usual, case=known))


def test_numbers_in_sentences_do_not_read_as_zero():
    assert [decimal(value, 0) for value in (0.0, -0.0, 0.004, 0.4, 0.6, 1234.0)] == [
        "0",
        "0",
        "0.004",
        "0.4",
        "1",
        "1,234",
    ]
    assert decimal(1e-9, 2) == "0.00"
    assert decimal(0.0015, 2, "+") == "+0.002"
    assert percent(0.004) == "0.4 %"
    assert percent(-0.0) == "0 %"
