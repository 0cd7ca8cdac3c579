"""Breaking points of a run, in numbers and in words."""

from dataclasses import asdict, replace
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner
from invented.union import written

from forecaster import assembly, pipeline
from forecaster.case import Case, bundled_case
from forecaster.case.settings import settled
from forecaster.cli import cli
from forecaster.drivers.breaking import BreakingPoint, breaking_points
from forecaster.engine import simulate
from forecaster.findings.breaking import agreement, frequency, headline, sentence
from forecaster.machine.processes import helped
from forecaster.run import Run
from forecaster.sheets import report
from models.arrays import Floats
from models.breaking import GROUPS, Faced, breaking, mean_keys
from models.remedies import Question, Remedy, remedies
from models.shocks import BLOCK

CALM = Faced(strain=0.8, budget=1000.0, gdp=1.0, share=0.3, cost=1.05, call=2.0, due=240.0)
POINT = BreakingPoint(
    code="LV",
    year=2028,
    simulated=0.17,
    paths=65_536,
    reached=True,
    index=1.0,
    probability=0.16,
    importance={**dict.fromkeys(GROUPS, 0.0), "defence budget": 0.7, "cost growth": 0.29, "programme": 0.01},
    median=CALM,
    point=CALM,
    moves={"budget": -0.09, "gdp": 0.0, "share": -0.001, "cost": 0.14, "call": 0.0},
    effects={"budget": 0.094, "share": 0.003, "cost": 0.131, "call": 0.0},
    limits=(),
    remedies=(),
)


def test_a_break_in_words() -> None:
    assert sentence(POINT, "Latvia") == (
        "Latvia 2028 turns red if contracts signed before cost 14 % more while its defence budget comes 9 % "
        "under the median; about one path in 6."
    )


def test_what_hardly_matters_is_not_told_and_one_cause_stands_alone() -> None:
    effects = {"budget": 0.4, "share": 0.02, "cost": 0.01, "call": 0.0}
    assert sentence(replace(POINT, effects=effects), "Latvia") == (
        "Latvia 2028 turns red if its defence budget comes 9 % under the median; about one path in 6."
    )


def test_all_four_causes_have_their_units() -> None:
    found = replace(
        POINT,
        moves={"budget": 0.09, "gdp": 0.0, "share": -0.018, "cost": -0.004, "call": 1234.5},
        effects={"budget": -0.08, "share": 0.06, "cost": -0.05, "call": 0.04},
    )
    assert sentence(found, "Latvia") == (
        "Latvia 2028 turns red if its defence budget comes 9 % over the median while the share invested is "
        "1.8 points lower, contracts signed before cost 0.4 % less and the programme calls for EUR "
        "1,234 m more; about one path in 6."
    )


def test_a_state_that_is_red_at_the_median_is_told_the_way_out() -> None:
    found = replace(POINT, index=-0.5, simulated=0.75, moves={**POINT.moves, "budget": 0.1, "cost": -0.05})
    assert sentence(found, "Latvia") == (
        "Latvia 2028 is red at the median already; it stays out of it if contracts signed before cost 5 % "
        "less while its defence budget comes 10 % over the median; about one path in 4."
    )


def test_a_state_that_cannot_break_says_so() -> None:
    found = replace(POINT, reached=False, simulated=0.0)
    assert sentence(found, "Latvia") == "Latvia 2028: nothing within eight standard deviations turns it red."
    assert found.verdict == "too rare to tell"


def test_where_few_paths_are_red_the_first_order_probability_is_told() -> None:
    found = replace(POINT, simulated=10 / 65_536, probability=0.0002)
    assert sentence(found, "Latvia").endswith("about one path in 5,000.")


@pytest.mark.parametrize(
    ("probability", "words"),
    [
        (0.00005, "less than one path in 10,000"),
        (0.0004, "about one path in 2,500"),
        (0.16, "about one path in 6"),
        (0.39, "about one path in 3"),
        (0.5, "about every second path"),
        (0.7, "about 7 paths in 10"),
        (0.94, "about 9 paths in 10"),
        (0.99, "nearly every path"),
        (1.0, "every path"),
    ],
)
def test_probabilities_in_words(probability: float, words: str) -> None:
    assert frequency(probability) == words


@pytest.mark.parametrize(
    ("probability", "simulated", "verdict"),
    [
        (0.15, 0.1, "agrees"),
        (0.151, 0.1, "differs"),
        (0.067, 0.1, "agrees"),
        (0.066, 0.1, "differs"),
        (0.5, 19 / 65_536, "too rare to tell"),
        (20 / 65_536, 20 / 65_536, "agrees"),
    ],
)
def test_the_verdict_is_a_factor_of_one_and_a_half(
    probability: float, simulated: float, verdict: str
) -> None:
    assert replace(POINT, probability=probability, simulated=simulated).verdict == verdict


def test_where_first_order_is_off_it_is_said_by_name() -> None:
    off, rare = replace(POINT, code="MT", probability=0.4), replace(POINT, simulated=0.0)
    assert agreement((POINT, off, rare)) == (
        "The first-order probability is within a factor 1.5 of the simulated one in 1 of 2 states; it is not "
        "for MT 2028: take the simulated one there; 1 more is too rarely red to tell."
    )
    assert agreement((POINT,)) == "The first-order probability is within a factor 1.5 of the simulated one."
    assert "in 0 of 1 states; it is not for MT 2028" in agreement((off,))
    assert agreement((POINT, rare, rare)).endswith("; 2 more are too rarely red to tell.")
    assert agreement((rare,)).startswith("Red is too rare to tell")


def test_the_headline_names_the_driver_that_is_first_most_often() -> None:
    """By importance, as the table under it: what moves strain most may be another measure."""
    other = replace(
        POINT, importance={**POINT.importance, "cost growth": 0.9, "defence budget": 0.05, "programme": 0.05}
    )
    assert headline((POINT, POINT, other)) == (
        "On the likeliest way into red the first driver is 'defence budget' in 2 of 3 states; "
        "prices, delays and savings of the programme are 5 % of it at most."
    )
    assert "the first driver is 'defence budget'; prices" in headline((POINT,))
    assert headline((replace(POINT, reached=False),)).startswith("No state can be turned red")
    little = replace(POINT, importance={**POINT.importance, "programme": 0.004})
    assert headline((little,)).endswith("savings of the programme are less than 1 % of it.")


@pytest.fixture(scope="module")
def found(invented_union: Case) -> Run:
    return pipeline.run(settled(invented_union, paths=4096, drivers=True), workers=1)


def test_a_run_holds_a_point_for_each_state_in_its_worst_year(found: Run) -> None:
    assert [point.code for point in found.breaking] == ["AL", "BO", "NO"]
    for point in found.breaking:
        red = found.statistics.probability("red", "baseline", point.code)
        assert point.simulated == red.max()
        assert point.year == found.years[int(red.argmax())]
        assert point.point.strain == pytest.approx(found.model.thresholds.red, abs=1e-6)
        assert [type(remedy) for remedy in point.remedies] == [Remedy] * 3
        assert point.verdict == "agrees"


def test_a_point_is_what_the_search_finds_in_that_year(found: Run) -> None:
    """Field by field, but for digits past the ninth."""
    keys = mean_keys(found.model, found.settings.seed)
    for point in found.breaking:
        one = breaking(found.model, {point.code: point.year}, keys)[point.code]
        assert point.reached is one.found.reached
        assert point.index == pytest.approx(one.found.index, rel=1e-8)
        assert point.probability == pytest.approx(one.found.probability, rel=1e-8)
        for told, whole in (
            (point.importance, one.importance),
            (point.moves, one.moves()),
            (point.effects, one.effects()),
            (asdict(point.median), asdict(one.median)),
            (asdict(point.point), asdict(one.point)),
        ):
            assert dict(told) == pytest.approx(dict(whole), rel=1e-8)
        for limit, other in zip(point.limits, one.limits, strict=True):
            assert (limit.group, limit.reached) == (other.group, other.reached)
            assert (limit.distance, limit.move) == pytest.approx((other.distance, other.move), rel=1e-8)


def test_remedies_bring_red_to_what_the_case_wishes_on_no_more_paths_than_the_run_has(found: Run) -> None:
    (stress,) = assembly.scenarios(found.case, ["baseline"], len(found.years))[:1]
    years = {point.code: point.year for point in found.breaking}
    wished = found.case.assumptions.strain.wished.value
    blocks = found.statistics.paths // BLOCK
    asked = Question(found.model, stress, found.settings.seed, years, wished, blocks)
    assert {point.code: point.remedies for point in found.breaking} == remedies(asked)


@pytest.mark.parametrize("together", [1, 2])
def test_who_searches_and_for_how_many_changes_nothing(
    found: Run, together: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("forecaster.drivers.breaking.TOGETHER", together)
    stress = assembly.scenarios(found.case, ["baseline"], len(found.years))
    with helped(2, 2**20) as helpers:
        again = breaking_points(found.case, found.model, stress[0], found.statistics, helpers)()
    assert repr(again) == repr(found.breaking)


def test_a_run_without_drivers_has_none_and_the_same_figures(invented_union: Case, found: Run) -> None:
    bare = pipeline.run(settled(invented_union, paths=4096, drivers=False), workers=1)
    assert bare.breaking == ()
    assert bare.hashes["tally"] == found.hashes["tally"]
    assert bare.run_id != found.run_id
    assert not bare.case.assumptions.run.drivers


def test_the_sheet_is_there(found: Run) -> None:
    assert "Breaking points" in [sheet.name for sheet in report(found)]


def test_the_sheet_is_left_out_where_it_is_not_wanted(tmp_path: Path) -> None:
    folder, book = written(tmp_path / "case", paths=1024, drivers="true"), tmp_path / "out.xlsx"
    ended = CliRunner().invoke(
        cli, ["run", str(folder), "-o", str(book), "--quiet", "--workers", "1", "--no-drivers"]
    )
    assert ended.exit_code == 0, ended.output
    assert "Breaking points" not in openpyxl.load_workbook(book, read_only=True).sheetnames


@pytest.fixture(scope="module")
def union_of_27() -> tuple[Case, object, object, Floats]:
    case = bundled_case()
    model = assembly.model(case, assembly.budget_forecast(case, range(2026, 2036)))
    (baseline,) = assembly.scenarios(case, ["baseline"], 10)[:1]
    seed = case.assumptions.run.seed
    statistics = simulate(model, [baseline], 16_384, seed, None, lambda *_: None).statistics
    return case, model, baseline, statistics


@pytest.mark.slow
def test_first_order_is_near_the_frequency_for_three_states_in_four(union_of_27) -> None:
    """Over states that are red in 2028 in 0.5 to 50 % of paths; measured: all 27, within a factor 1.18."""
    case, model, _, statistics = union_of_27
    keys = mean_keys(model, case.assumptions.run.seed)
    ratios = {}
    for state in model.states:
        red = float(statistics.probability("red", "baseline", state.code)[2])
        if 0.005 <= red <= 0.5:
            ratios[state.code] = breaking(model, {state.code: 2028}, keys)[state.code].found.probability / red
    assert len(ratios) >= 20
    near = [code for code, ratio in ratios.items() if 1 / 1.5 <= ratio <= 1.5]
    assert len(near) >= 0.75 * len(ratios), ratios


@pytest.mark.slow
def test_where_it_is_not_near_the_sheet_says_so(union_of_27) -> None:
    case, model, baseline, statistics = union_of_27
    points = breaking_points(case, model, baseline, statistics, None)()
    for point in points:
        ratio = point.probability / point.simulated
        assert (point.verdict == "differs") == (max(ratio, 1 / ratio) > 1.5)
        assert (f"{point.code} {point.year}" in agreement(points)) == (point.verdict == "differs")
