"""What the sheets say of breaking points and severity, against the run."""

from dataclasses import replace

import pytest

from forecaster.findings import expectations
from forecaster.findings.breaking import agreement, headline, sentence
from forecaster.findings.remedies import what_helps
from forecaster.report import places
from forecaster.report.layout import Layout
from forecaster.report.sheet import Notes, displayed
from forecaster.sheets import report
from forecaster.sheets.breaking_points import NAME, breaking_points
from forecaster.sheets.scenarios import scenarios
from models.breaking import GROUPS
from models.conditions import CHOICE
from models.remedies import LADDERS, Remedy
from models.severity import Severity


@pytest.fixture(scope="module")
def sheet(run):
    return breaking_points(run)


def table(sheet, name):
    return next(entry for entry in sheet.tables if entry.name == name)


def cells(entry, row):
    found = next(one for one in entry.rows if one.key == row)
    keys = [column.key for column in entry.columns]
    return dict(zip(keys, found.cells, strict=True))


def test_the_sheet_stands_between_drivers_and_scenarios(sheets):
    names = [sheet.name for sheet in sheets]
    assert names.index(NAME) + 1 == names.index("Scenarios")


def test_it_starts_with_its_message_and_a_sentence_a_state(run, sheet):
    message, words = (block for block in sheet.blocks if isinstance(block, Notes))
    assert message.lines == (headline(run.breaking), agreement(run.breaking))
    names = {state.code: state.name for state in run.case.budgets.states}
    assert sorted(words.lines) == sorted(sentence(point, names[point.code]) for point in run.breaking)


def test_a_figure_without_shocks_is_not_called_a_median(sheet):
    """Germany's net call of 2027 without shocks was the P10 of its paths, and its column said median."""
    titles = {str(column.title) for column in table(sheet, "there").columns}
    assert "net call, no shock" in titles
    assert not any("median" in title for title in titles)


def test_points_stand_beside_the_simulated_probability(run, sheet):
    entry = table(sheet, "points")
    for point in run.breaking:
        row = cells(entry, point.code)
        assert (row["year"], row["index"], row["probability"]) == (point.year, point.index, point.probability)
        red = run.statistics.probability("red", run.baseline, point.code)[run.years.index(point.year)]
        assert displayed(row["simulated"]) == red
        assert displayed(row["ratio"]) == pytest.approx(point.probability / red)
        assert displayed(row["verdict"]) == point.verdict


def test_importance_comes_in_order_and_adds_to_one(run, sheet):
    entry = table(sheet, "points")
    for point in run.breaking:
        row = cells(entry, point.code)
        shares = [row[f"{name} share"] for name in ("first", "second", "third")]
        assert shares == sorted(point.importance.values(), reverse=True)[:3]
        assert point.importance[row["first"]] == shares[0]
        assert sum(shares) + displayed(row["rest"]) == pytest.approx(1.0)


def test_moves_follow_from_what_stands_beside_them(run, sheet):
    entry = table(sheet, "there")
    for point in run.breaking:
        row = cells(entry, point.code)
        assert displayed(row["budget move"]) == pytest.approx(point.moves["budget"], abs=1e-6)
        assert displayed(row["share move"]) == pytest.approx(100 * point.moves["share"], abs=1e-6)
        assert displayed(row["cost move"]) == pytest.approx(point.moves["cost"], abs=1e-6)
        assert displayed(row["call move"]) == pytest.approx(point.moves["call"], abs=1e-4)


def test_each_driver_alone_has_its_distance_or_cannot(run, sheet):
    entry = table(sheet, "alone")
    told = []
    for point in run.breaking:
        row = cells(entry, point.code)
        for limit in point.limits:
            told.append(limit.reached)
            assert row[limit.group] == (limit.distance if limit.reached else "no")
            assert (row[f"{limit.group} move"] is None) == (not limit.reached)
    assert {True, False} == set(told)
    assert len(told) == len(GROUPS) * len(run.breaking)


def test_remedies_say_what_is_needed_or_that_it_is_not_enough(run):
    given = (
        Remedy("investment share", 0.021, 0.0495),
        Remedy("grant share", None, 0.12),
        Remedy("delay of entry", 0.0, 0.05),
    )
    other = replace(run, breaking=tuple(replace(point, remedies=given) for point in run.breaking))
    row = cells(table(breaking_points(other), "remedies"), run.states[0])
    assert [row[key] for name in LADDERS for key in (name, f"{name} left")] == [
        pytest.approx(2.1), 0.0495, "no", 0.12, 0.0, 0.05,
    ]  # fmt: skip


def mended(run, *needed):
    """The run with so much of each remedy needed in each state: invested, EU's share, delay."""
    remedies = [
        tuple(Remedy(name, amount, 0.0) for name, amount in zip(LADDERS, one, strict=True)) for one in needed
    ]
    pairs = zip(run.breaking, remedies, strict=True)
    return replace(run, breaking=tuple(replace(point, remedies=found) for point, found in pairs))


def test_the_cover_says_what_helps(run):
    """Where, when and why stood there, but not what a state could do."""
    first, _, third = (place.spoken for place in places.states(run))
    some = mended(run, (0.021, None, None), (0.0, 0.0, 0.0), (0.18, 0.3, None))
    assert what_helps(some) == (
        "The probability of red in the worst year comes down to 5 % where a state invests more of its budget "
        f"in each year: from 2.1 points more ({first}) to 18.0 ({third}). A larger EU share of the "
        "programme's contracts does it in 1 of 2 states, later contracts in none (sheet Breaking points)."
    )
    assert what_helps(some) == expectations(some)[2]
    alone = what_helps(some.of(run.states[2]))
    assert f"comes down to 5 % where {third} invests 18.0 points more of its budget in each year. " in alone
    assert "contracts does it, later contracts do not (sheet" in alone
    assert "no more probable than 5 % in any state" in what_helps(some.of(run.states[1]))
    never = mended(run, (None, None, None), (None, None, None), (0.18, None, None))
    assert "; in 2 of 3 not even where 30 points more of the budget are invested" in what_helps(never)
    assert "5 % not even where 30 points more" in what_helps(never.of(run.states[0]))
    assert "Neither a larger EU share of the programme's contracts nor later contracts do it (" in what_helps(
        never.of(run.states[0])
    )
    assert "nor later contracts do it in any state (" in what_helps(never)


def test_what_was_not_looked_for_is_not_told(run):
    assert what_helps(replace(run, breaking=())) == ""
    assert len(expectations(replace(run, breaking=()))) == len(expectations(run)) - 1


def test_a_point_that_differs_or_cannot_be_reached_is_shown_as_such(run):
    first, second, third = run.breaking
    off = replace(first, probability=min(0.99, 1.6 * first.simulated))
    other = replace(run, breaking=(off, replace(second, reached=False), third))
    sheet = breaking_points(other)
    entry = table(sheet, "points")
    assert displayed(cells(entry, off.code)["verdict"]) == "differs"
    assert f"it is not for {off.code} {off.year}" in sheet.blocks[0].lines[1]
    lost = cells(entry, second.code)
    assert (lost["index"], lost["probability"], lost["first"]) == (None, None, None)
    assert second.code not in [row.key for row in table(sheet, "there").rows]
    Layout(report(other))


def test_without_breaking_points_there_is_no_sheet(run):
    bare = replace(run, breaking=())
    assert breaking_points(bare).blocks == ()
    assert NAME not in [sheet.name for sheet in report(bare)]


def test_a_ministry_sees_its_own(run):
    entry = table(breaking_points(run.of("NO")), "points")
    assert [row.key for row in entry.rows] == ["NO"]


def test_severity_stands_with_its_return_period(run):
    found = {
        "baseline": Severity(0.0, 0.0, (), ()),
        "squeeze": Severity(1.2816, 6.0, ("growth",), ()),
        "parting": Severity(0.0, 0.0, (), (("leaves", CHOICE),)),
    }
    entry = table(scenarios(replace(run, severity=found)), "severity")
    row = cells(entry, "squeeze")
    assert (row["standing"], row["one"], row["all"]) == ("rare", 1.2816, 6.0)
    assert row["one years"] == pytest.approx(10.0, rel=1e-3)
    assert row["all years"] == "over 10,000"
    assert (cells(entry, "parting")["standing"], cells(entry, "parting")["one"]) == (CHOICE, None)
    assert cells(entry, "baseline")["standing"] == "moves nothing"


def test_a_scenario_that_says_it_is_a_choice_has_no_distance(run):
    source = {"source": "Choice, no probability: three years of delay"}
    tables = tuple(table.model_copy(update=source) for table in run.case.scenarios)
    entry = table(scenarios(replace(run, case=replace(run.case, scenarios=tables))), "severity")
    row = cells(entry, "squeeze")
    assert (row["standing"], row["counted"]) == (CHOICE, "by its own account")
    assert [row[key] for key in ("one", "one years", "all", "all years")] == [None] * 4


def test_each_scenario_of_a_run_has_its_severity(run):
    assert tuple(run.severity) == run.settings.scenarios
