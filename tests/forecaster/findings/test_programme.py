"""Sentences on the programme: what it moves, what it costs and when, beside what is signed."""

from dataclasses import replace

import numpy as np
from invented.union import assuming, with_lines
from on_sheets import text

from forecaster import findings
from forecaster.case.settings import settled
from forecaster.findings import answer, ministry
from forecaster.findings.judged import signed
from forecaster.pipeline import run as simulated
from forecaster.report.places import Place
from forecaster.run import Run


def test_judgement_is_not_said_to_outweigh_a_large_programme(usual, huge):
    claim = (
        "probability of red more than the programme in the worst year of {} of 3 states (sheet Judgements)"
    )
    assert claim.format(3) in signed(usual)
    outweighed = int(signed(huge).split("worst year of ")[1].split(" ")[0])
    assert outweighed < 3
    for name in ("Cover", "Summary"):
        assert signed(huge) in text(huge, name)
        assert "more than the programme does" not in text(huge, name)
    calm = replace(huge.judgements, red_if=np.broadcast_to(huge.judgements.red, huge.judgements.red_if.shape))
    told = ministry.findings(replace(huge, judgements=calm).of("AL"))[2]
    assert told.endswith("The ruling judgements, decided otherwise, hardly move it.")


def test_a_large_programme_rules_strain_and_is_not_said_to_decide_hardly(usual, huge):
    told = findings.expectations(huge)
    assert told[-2].startswith("The programme changes the probability of red by a point or more in ")
    assert told[1].startswith("Strain is ruled by the programme's calls, less by contracts already signed")
    assert "falling by the year" in findings.expectations(usual)[1]


def test_a_programme_that_hardly_decides_is_told_with_all_of_it_new(usual, monkeypatch):
    """It hardly decides because most of its contracts are taken to be bought anyway, which is a judgement."""
    for module in (findings, answer, ministry):
        monkeypatch.setattr(module, "programme_effect", lambda run, _: np.full(len(run.years), 0.002))
    stands = usual.judgements
    moved = np.zeros_like(stands.red_new)
    moved[-1, stands.places.index("BO"), 2] = 0.2
    new, same = (
        replace(usual, judgements=replace(stands, red_new=stands.red + by)) for by in (moved, 0.0 * moved)
    )
    asked = "had they bought nothing of its contracts without it"
    assert findings.effect(new).endswith(f"(+0.20 points); in 1, {asked}.")
    assert asked not in findings.effect(same)
    told = "+0.20 points, in 2026; had it bought nothing of its contracts without it, by +20.20."
    assert ministry.effect(new.of("BO")).endswith(told)
    assert ministry.effect(new.of("AL")).endswith("+0.20 points, in 2026.")


def test_what_is_signed_is_not_said_to_be_assumed_where_ministries_have_told_it(usual):
    def handed_in(years: int, *codes: str) -> Run:
        figures = np.array([*np.full(years, 500.0), *np.full(len(usual.years) - years, np.nan)])
        states = [
            replace(state, contracted=figures) if state.code in codes else state
            for state in usual.model.states
        ]
        return replace(usual, model=replace(usual.model, states=tuple(states)))

    begun, every = handed_in(3, "AL"), [state.code for state in usual.model.states]
    assert (
        "falling by the year; 1 of 3 states have figures of their own)" in (findings.expectations(begun)[1])
    )
    assert (
        "(by the ministry's own figures in 3 of 10 years, by an assumed share of planned investment in the "
        "others)"
    ) in findings.expectations(begun.of("AL"))[1]
    assert "own" not in findings.expectations(begun.of("BO"))[1].split(")")[0]
    assert "(by the ministries' own figures)" in findings.expectations(handed_in(10, *every))[1]


def test_one_state_of_many_moved_by_a_point_is_told(usual, monkeypatch):
    """Once a quarter of the states could be moved by any number of points and be called hardly moved."""
    many = tuple(Place(f"S{n}", f"State {n}", (f"S{n}",)) for n in range(8))
    moved = {place.code: np.full(len(usual.years), 0.002) for place in many}
    monkeypatch.setattr(findings.places, "states", lambda _: many)
    monkeypatch.setattr(findings, "programme_effect", lambda _, code: moved[code])
    monkeypatch.setattr(findings, "effect_of_all_new", lambda *_: moved["S3"])
    assert "hardly decides where money runs out" in findings.effect(usual)
    moved["S3"] = np.full(len(usual.years), 0.3)
    told = findings.effect(usual)
    assert told.startswith("The programme changes the probability of red by a point or more in 1 of 8 states")
    assert "most for State 3 in 2026 (+30.00 points)" in told


def test_shares_that_do_not_fall_are_not_said_to(case):
    flat = assuming(case, {"capacity.committed": (0.6, 0.6, 0.6, 0.6, 0.6), "capacity.committed_step": 0.0})
    told = findings.expectations(simulated(settled(flat, paths=1024)))[1]
    assert "(assumed: 60 % of the investment planned for 2026, 60 % for 2035)" in told


def test_contracts_that_would_be_signed_anyway_are_no_cost_of_the_programme(case):
    """Nothing of them is new: buying together and the grants leave states better off."""
    anyway = with_lines(case, {line.id: {"new": 0.0} for line in case.programme.lines})
    found = simulated(settled(anyway, paths=1024))
    net = found.statistics.mean("net_call", found.baseline, "EU").sum()
    assert net < -1.0
    told = f"EUR {-net:,.0f} m less than they would pay without the programme (net call)."
    assert told in findings.findings(found)[0]


def test_where_all_is_new_what_states_pay_more_is_not_more_than_what_they_bear(usual):
    """EUR 3,918 m borne had stood beside 3,920 more: net calls hold what moved rates cost, outlays do not."""
    assert (
        "m by 2035; what moved exchange rates cost them included, that is EUR " in findings.findings(usual)[0]
    )
    budgets = usual.case.budgets
    euro = tuple(replace(state, currency="EUR") for state in budgets.states)
    alike = replace(usual, case=replace(usual.case, budgets=replace(budgets, states=euro)))
    assert "exchange rates" not in findings.findings(alike)[0]
    assert " m by 2035, EUR " in findings.findings(alike)[0]


def test_states_below_the_middle_are_counted(usual):
    cost = [float(usual.statistics.mean("eu_budget", usual.baseline, code).sum()) for code in usual.states]
    less = sum(one < float(np.median(cost)) for one in cost)
    assert f"{less} of 3 states less than" in findings.findings(usual)[1]
    assert "less than" not in findings.findings(replace(usual, states=("AL", "BO")))[1]


def test_payments_past_the_horizon_may_be_larger_than_any_before(case):
    short = simulated(settled(case, years=3, paths=1024))
    beyond = float(short.statistics.mean("payments_beyond", short.baseline, "EU")[0])
    paid = short.statistics.mean("payments", short.baseline, "EU")
    assert beyond > paid.max()
    assert "than in any other year to 2028;" in findings.findings(short)[0]


def test_no_year_is_called_the_largest_where_the_first_holds_others(case):
    """Calls of two years before: what is paid until then stands in the first year."""
    terms = case.programme
    calls = tuple(one.model_copy(update={"year": one.year - 2}) for one in terms.calls)
    begun = replace(case, programme=terms.model_copy(update={"calls": calls}))
    assert begun.programme.first_call < case.assumptions.run.base_year + 1
    found = simulated(settled(begun, paths=1024))
    assert "than in any other year" not in findings.findings(found)[0]
    assert "than in any other year" not in ministry.purse(found.of("AL"))


def test_a_ministry_is_not_told_of_years_after_its_last(case):
    short = simulated(settled(case, years=3, paths=1024)).of("AL")
    assert "than in any other year to 2028;" in ministry.purse(short)


def test_administration_is_named_where_there_is_such_a_line(usual):
    other = [line.name.lower() for line in usual.case.programme.lines if not line.grant]
    assert (" but for " in answer.answer(usual)[0]) == bool(other)
    lines = tuple(line for line in usual.case.programme.lines if line.grant)
    case = replace(usual.case, programme=usual.case.programme.model_copy(update={"lines": lines}))
    assert "but for" not in answer.answer(replace(usual, case=case))[0]


def test_cases_of_another_law_are_not_told_by_its_articles(huge):
    assert "Article 20(3)" not in text(huge, "Summary")
    assert "What each case stands for" in text(huge, "Summary")
