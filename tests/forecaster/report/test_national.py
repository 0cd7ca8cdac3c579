"""A ministry's view of a run, and its money."""

from dataclasses import replace

import pytest
from invented.union import with_figures

from forecaster import pipeline
from forecaster.case import Case, bundled_case
from forecaster.case.settings import settled
from forecaster.findings import expectations, findings
from forecaster.report import national
from forecaster.run import Run


@pytest.fixture(scope="module")
def found(invented_union: Case) -> Run:
    return pipeline.run(settled(invented_union, paths=1024, drivers=False), workers=1)


def test_a_view_shows_one_state_and_keeps_the_union(found: Run) -> None:
    own = found.of("BO")
    assert (own.states, own.ministry) == (("BO",), "BO")
    assert own.statistics is found.statistics
    assert own.forecast.states == found.forecast.states
    assert {figure.code for figure in own.figures} == {"BO"}
    assert len(own.figures) < len(found.figures)
    assert own.title == "Invented Programme: Borvia"
    assert found.title == "Invented Programme"


def test_a_view_is_the_same_whichever_states_the_run_shows(found: Run) -> None:
    narrowed = replace(found, states=("AL", "BO"), run_id="another")
    assert narrowed.of("BO") == found.of("BO")
    assert len({found.run_id, found.of("AL").run_id, found.of("BO").run_id}) == 3


def test_a_view_of_an_unknown_state_is_refused(found: Run) -> None:
    with pytest.raises(KeyError):
        found.of("XX")


def test_money_and_its_rates(found: Run) -> None:
    """Borvia has 20 crowns to the euro in every year, the others the euro."""
    assert national.currency(found, "BO") == national.Currency("BOC", (20.0,) * 10)
    assert national.currency(found, "AL") is None
    assert national.outside(found) == ("BO",)
    assert national.outside(found.of("NO")) == ()


def test_the_last_rate_stands_for_later_years(found: Run) -> None:
    assert national.rate_years(found) == (2026, 2027, 2028, 2029, 2030, *[2030] * 5)
    case = with_figures(found.case, "exchange", {("BO", 2030): 25.0})
    money = national.currency(replace(found, case=case), "BO")
    assert money == national.Currency("BOC", (20.0,) * 4 + (25.0,) * 6)


def test_published_rates_of_poland(found: Run) -> None:
    """Cross rate of GDP in the World Economic Outlook of October 2025: PLN 4.3573 in 2026, 4.2765 in 2030."""
    money = national.currency(replace(found, case=bundled_case(), states=("PL",)), "PL")
    assert money is not None
    assert (money.code, money.rates[0], money.rates[4], money.rates[9]) == ("PLN", 4.3573, 4.2765, 4.2765)


def test_a_state_without_rates_is_named(found: Run) -> None:
    figures = tuple(f for f in found.case.budgets.figures if (f.table, f.code) != ("exchange", "BO"))
    bare = replace(found, case=replace(found.case, budgets=replace(found.case.budgets, figures=figures)))
    assert national.currency(bare, "BO") is None
    assert (national.outside(bare), national.without_rate(bare)) == ((), ("BO",))
    assert national.without_rate(found) == ()


def test_sums_in_words(found: Run) -> None:
    assert national.in_words(found, "BO", [1.0, 2.5, *[0.0] * 8]) == "EUR 3.5 m (BOC 70.0 m)"
    assert national.in_words(found, "BO", [100.0] * 10) == "EUR 1,000 m (BOC 20,000 m)"
    assert national.in_words(found, "AL", [1.0, 2.5]) == "EUR 3.5 m"


def test_sentences_of_a_ministry_name_its_state_and_money(found: Run) -> None:
    sentences = findings(found.of("BO"))
    assert [sentence[:3] for sentence in sentences] == ["1. ", "2. ", "3. ", "4. ", "5. "]
    own = float(found.statistics.mean("eu_budget", found.baseline, "BO").sum())
    assert f"EUR {own:,.0f} m (BOC {20 * own:,.0f} m)" in sentences[0]
    assert all("BOC" in sentence for sentence in sentences[:2])
    assert "of the other 2 states" in sentences[3]
    assert "BOC" not in " ".join(findings(found.of("AL")))
    assert expectations(found.of("BO"))[0] == sentences[3].removeprefix("4. ")


def test_a_state_that_joins_no_contract_is_told_so() -> None:
    case = bundled_case()
    malta = pipeline.run(
        settled(case, scenarios=["recession"], paths=1024, years=2, drivers=False), workers=1
    ).of("MT")
    assert "No contract of the programme calls on Malta" in findings(malta)[1]
    assert "does not move the probability" in findings(malta)[2]
