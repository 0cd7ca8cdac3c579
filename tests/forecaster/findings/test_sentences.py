"""Sentences of a report where a case is quite another than the bundled one: each says what holds there."""

import re
from dataclasses import replace

import numpy as np
import pytest
from invented.union import assuming, invented, with_figures, with_lines

from forecaster import findings
from forecaster.case import Case
from forecaster.case.scenarios import combination, named_twice
from forecaster.case.settings import settled
from forecaster.errors import AssumptionError
from forecaster.findings import answer, ministry
from forecaster.findings.fiscal import public_finances
from forecaster.findings.hardest_scenario import hardest, hardest_for
from forecaster.findings.judged import NEITHER, signed
from forecaster.findings.red import most_strained
from forecaster.findings.strained import reasons
from forecaster.pipeline import run as simulated
from forecaster.report.places import Place
from forecaster.report.sheet import Chart, Gallery, Notes
from forecaster.report.styles import decimal, percent
from forecaster.run import Run
from forecaster.sheets import report
from forecaster.sheets.outlays.plan_bridge import last_step
from forecaster.sheets.tie_out.published import nato_moves
from models.accuracy import Backtest

PATHS = 1024


@pytest.fixture(scope="module")
def case(tmp_path_factory) -> Case:
    return invented(tmp_path_factory.mktemp("sentences") / "case")


@pytest.fixture(scope="module")
def usual(case) -> Run:
    return simulated(settled(case, paths=PATHS))


@pytest.fixture(scope="module")
def huge(case) -> Run:
    """A programme eight hundred times as large, of which states must pay more than they have signed for."""
    return simulated(settled(enlarged(case, 800.0), paths=PATHS))


@pytest.fixture(scope="module")
def tiny(case) -> Run:
    return simulated(settled(enlarged(case, 1e-4), paths=PATHS))


@pytest.fixture(scope="module")
def never(case) -> Run:
    """Red begins where no path comes."""
    return simulated(
        settled(assuming(case, {"strain.amber": 50.0, "strain.red": 100.0}), paths=PATHS, drivers=True)
    )


@pytest.fixture(scope="module")
def early(case) -> Run:
    """Red begins at four tenths of investment money."""
    return simulated(settled(assuming(case, {"strain.amber": 0.2, "strain.red": 0.4}), paths=PATHS))


def enlarged(case: Case, factor: float) -> Case:
    """The case with a programme of so many times the money."""
    terms = case.programme
    lines = tuple(line.model_copy(update={"amount": factor * line.amount}) for line in terms.lines)
    changes = {"envelope": factor * terms.envelope, "lines": lines, "celex": "another"}
    return replace(case, programme=terms.model_copy(update=changes))


def text(run: Run, *names: str) -> str:
    """All notes of sheets, and what their charts tell."""
    told: list[str] = []
    for sheet in report(run):
        if sheet.name not in names:
            continue
        for block in sheet.blocks:
            charts = block.charts if isinstance(block, Gallery) else (block,)
            told += [chart.description for chart in charts if isinstance(chart, Chart)]
            told += block.lines if isinstance(block, Notes) else ()
        told += [note for table in sheet.tables for note in table.notes]
    return " ".join(told)


def test_red_is_said_to_be_what_its_threshold_says(usual, early):
    names = ("Cover", "Summary", "Strain", "Explorer")
    assert "promises exceed investment money" in text(usual, *names)
    assert "100 % all of it is promised" in text(usual, "Explorer")
    shown = text(early, *names).replace("Above 100 % promises exceed the money.", "")
    told = " ".join((shown, *answer.answer(early), *ministry.findings(early.of("AL"))))
    assert "exceed investment money" not in told
    assert "exceed the money" not in told
    assert "all of it is promised" not in told
    assert "(contracts exceed 40 % of investment money)" in told
    assert "where money runs out" not in told
    glossary = next(table for sheet in report(early) if sheet.name == "Key" for table in sheet.tables[-1:])
    assert any("promises exceed 40 % of money" in str(cell) for row in glossary.rows for cell in row.cells)


def test_no_red_is_told_as_such(never):
    told = findings.findings(never)
    assert told[3] == "4. On no path is any state in red in 'baseline'."
    assert told[4].startswith("5. None of the ")
    assert "no path" in answer.answer(never)[3]
    assert "does not move the probability of red" in told[2]
    assert NEITHER in told[2]
    assert "highest probability of red" not in text(never, "Summary")
    assert "most strained" not in text(never, "Obligations")
    alone = ministry.findings(never.of("AL"))
    assert alone[3] == "On no path is Alderland in red in 'baseline'."


def test_a_state_red_on_no_path_is_looked_at_in_one_year_on_all_sheets(never):
    tables = {(sheet.name, table.name): table for sheet in report(never) for table in sheet.tables}
    chosen = {
        name: {
            row.cells[0]: row.cells[[column.key for column in tables[name].columns].index("year")]
            for row in tables[name].rows
        }
        for name in (("Summary", "states"), ("Drivers", "shares by state"), ("Breaking points", "points"))
    }
    for code in never.states:
        strained = never.years[int(never.statistics.mean("strain", never.baseline, code).argmax())]
        assert {years[code] for years in chosen.values()} == {strained}
    for name in ("Summary", "Drivers"):
        assert "a state that is red on no path (3 of 3) is that of its highest mean strain" in text(
            never, name
        )


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
    told = findings.expectations(simulated(settled(flat, paths=PATHS)))[1]
    assert "(assumed: 60 % of the investment planned for 2026, 60 % for 2035)" in told


def test_the_mildest_of_two_scenarios_is_not_the_hardest(case, usual):
    assert hardest(usual).startswith("The hardest scenario is '")
    mild = tuple(
        table.model_copy(update={"levers": {"budget": 1.2}}) if table.id == "squeeze" else table
        for table in case.scenarios
    )
    milder = simulated(settled(replace(case, scenarios=mild), paths=PATHS, scenarios=("squeeze",)))
    told = "The scenario 'squeeze' is not harder than 'baseline': red comes no more often."
    assert hardest(milder) == told
    assert hardest_for(milder, "AL") == told


def test_one_state_is_likely_where_others_are(usual, monkeypatch):
    likely = {"baseline": 0, "squeeze": 1}
    place = "forecaster.findings.hardest_scenario"
    monkeypatch.setattr(f"{place}._likely_red", lambda _, name: likely.get(name, 0))
    monkeypatch.setattr(f"{place}._mean_red", lambda _, name: 0.12 + 0.01 * likely.get(name, 0))
    told = hardest(usual)
    assert "'squeeze': 1 of 3 states is more likely than not" in told
    assert "on average 0.13 of all 3 are in red in its worst year, against 0.12." in told


def test_amounts_that_are_not_zero_do_not_read_so(tiny):
    programme, own, *_ = answer.answer(tiny)
    told = " ".join((programme, own, *findings.findings(tiny)[:2], public_finances(tiny)))
    paid = re.findall(r"EUR ([\d,.]+) m", f"{programme} {own} {findings.findings(tiny)[1]}")
    assert len(paid) == 8
    assert all(float(amount) > 0.0 for amount in paid)
    assert float(re.findall(r"take at most ([\d.]+) points", told)[0]) > 0.0


def test_contracts_that_would_be_signed_anyway_are_no_cost_of_the_programme(case):
    """Nothing of them is new: buying together and the grants leave states better off."""
    anyway = with_lines(case, {line.id: {"new": 0.0} for line in case.programme.lines})
    found = simulated(settled(anyway, paths=PATHS))
    net = found.statistics.mean("net_call", found.baseline, "EU").sum()
    assert net < -1.0
    told = f"EUR {-net:,.0f} m less than they would pay without the programme (net call)."
    assert told in findings.findings(found)[0]


def test_states_below_the_middle_are_counted(usual):
    cost = [float(usual.statistics.mean("eu_budget", usual.baseline, code).sum()) for code in usual.states]
    less = sum(one < float(np.median(cost)) for one in cost)
    assert f"{less} of 3 states less than" in findings.findings(usual)[1]
    assert "less than" not in findings.findings(replace(usual, states=("AL", "BO")))[1]


def test_payments_past_the_horizon_may_be_larger_than_any_before(case):
    short = simulated(settled(case, years=3, paths=PATHS))
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
    found = simulated(settled(begun, paths=PATHS))
    assert "than in any other year" not in findings.findings(found)[0]
    assert "than in any other year" not in ministry.purse(found.of("AL"))


def test_a_ministry_is_not_told_of_years_after_its_last(case):
    short = simulated(settled(case, years=3, paths=PATHS)).of("AL")
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


def test_where_red_is_on_no_path_nothing_is_said_to_drive_it(never, usual):
    assert reasons(never) == ()
    heads = [[block.title for block in sheet.blocks if isinstance(block, Notes)] for sheet in report(never)]
    assert "What drives strain where it is highest" not in heads[1]
    assert len(reasons(usual)) == 3


def test_cover_summary_and_answer_rank_states_by_the_figure_they_tell(usual, monkeypatch):
    """A state may be in red in some year more often than another and yet in no single year."""
    red = {"AL": (0.20, 0.0), "BO": (0.15, 0.14), "NO": (0.0, 0.16), "EU": (0.0, 0.0)}
    statistics, later = type(usual.statistics), [0.0] * (len(usual.years) - 2)
    monkeypatch.setattr(statistics, "probability", lambda *asked: np.array([*red[asked[-1]], *later]))
    monkeypatch.setattr(statistics, "any_year", lambda *asked: sum(red[asked[-1]]))
    assert [place.code for place in most_strained(usual)] == ["AL", "NO", "BO"]
    assert "AL 20 % in 2026, NO 16 % in 2027, BO 15 % in 2026" in answer.answer(usual)[3]
    for told in (findings.expectations(usual)[0], findings.findings(usual)[3]):
        assert re.findall(r"red in (\d+) % of paths", told) == ["20", "16", "15"]
    assert "1 of the other 2 states is more strained, each in its worst year." in ministry.strained(
        usual.of("NO")
    )


def test_where_red_is_alike_the_highest_strain_is_told_first(never):
    strain = [
        never.statistics.mean("strain", never.baseline, place.code).max() for place in most_strained(never)
    ]
    assert strain == sorted(strain, reverse=True)
    assert [place.code for place in most_strained(never)] != sorted(never.states)


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


@pytest.fixture(scope="module")
def run_with_backtest(usual) -> tuple[Run, Backtest]:
    from forecaster.forecasts.backtest import case_backtest

    return usual, case_backtest(usual.case)


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
