"""The Tie-out sheet against the run, the law and a ledger kept by hand."""

from dataclasses import replace

import pytest
from invented.union import assuming

from forecaster.case import bundled_case
from forecaster.case.settings import settled
from forecaster.findings.fiscal import public_finances
from forecaster.pipeline import run as simulated
from forecaster.report import places
from forecaster.report.formulas import number
from forecaster.report.sheet import Formula
from forecaster.sheets import report, treasury
from forecaster.sheets.tie_out import outstanding, tie_out
from models.arrays import UNION


def tables(run):
    return {table.name: {row.key: row for row in table.rows} for table in tie_out(run).tables}


def titled(run, name):
    table = next(table for table in tie_out(run).tables if table.name == name)
    return [
        dict(zip([column.key for column in table.columns], row.cells, strict=True)) | {"row": row.key}
        for row in table.rows
    ]


def shown(row):
    """Numbers of a row of years and after them, blanks left out."""
    return [number(cell) for cell in row.cells[4:] if cell is not None]


@pytest.fixture(scope="module")
def whole():
    return simulated(settled(bundled_case(), scenarios=["recession"], paths=1024, drivers=False), workers=1)


def test_lines_are_the_envelope(run):
    rows = tables(run)["envelope"]
    assert [number(rows[name].cells[3]) for name in ("all", "law", "less")] == [900.0, 900.0, 0.0]


def test_the_ledger_of_commitments(run):
    """A year-end holds what the one before held, more what is committed, less what is paid or lapses."""
    rows = {row.key: row for row in outstanding(run).rows}
    committed, paid, lapsed, open_ = (shown(rows[key]) for key in ("committed", "paid", "lapsed", "open"))
    total = float(run.statistics.mean("commitments", run.baseline, UNION)[0])
    assert committed[:3] == pytest.approx([0.4 * total, 0.6 * total, 0.0])
    assert paid[:10] == pytest.approx(list(run.statistics.mean("payments", run.baseline, UNION)), abs=0.01)
    decommitted = float(run.statistics.mean("decommitted", run.baseline, UNION)[0])
    assert [year for year, amount in zip(run.years, lapsed, strict=False) if amount] == [2033]
    assert lapsed[7] == pytest.approx(decommitted, abs=0.01)
    held = 0.0
    for t in range(len(run.years)):
        held += committed[t] - paid[t] - lapsed[t]
        assert open_[t] == pytest.approx(held, abs=1e-9)
        assert open_[t] >= -0.01
    assert open_[-1] == pytest.approx(0.0, abs=0.02)


def test_a_short_horizon_leaves_the_rest_for_later(invented_union):
    run = simulated(settled(invented_union, years=3, paths=1024, drivers=False), workers=1)
    rows = {row.key: row for row in outstanding(run).rows}
    open_ = shown(rows["open"])
    assert open_[2] > 100.0
    assert open_[3] == pytest.approx(0.0, abs=0.02)
    assert shown(rows["lapsed"])[:4] == [0.0] * 4


def test_keys_agree_with_the_commission(whole):
    """European Commission, 2023: Germany 25.2 %, France 16.8 %, Netherlands 6.05 % of the GNI of the 27."""
    rows = {row["row"]: row for row in titled(whole, "keys")}
    for code, published in (("DE", 0.252), ("FR", 0.168), ("NL", 0.0605)):
        assert number(rows[code]["key"]) == pytest.approx(published, abs=0.0005)
        assert number(rows[code]["published"]) == published
        assert rows[code]["word"].value == "agree"
    assert rows["PL"]["published"] is None
    assert sum(number(row["key"]) for row in rows.values()) == pytest.approx(1.0)
    assert sum(number(row["used"]) for row in rows.values()) == pytest.approx(1.0, abs=1e-6)


def test_a_key_that_differs_is_told(whole):
    other = replace(whole, case=assuming(whole.case, {"tie_out.key_de": 0.246}))
    row = next(row for row in titled(other, "keys") if row["row"] == "DE")
    assert row["word"].value == "differ"
    assert number(row["difference"]) == pytest.approx(0.63, abs=0.01)


def test_no_key_is_used_where_own_resources_are_not_raised(invented_union):
    """Money redeployed within the EU budget: every sheet is made, and the key used is a blank, not zero."""
    case = assuming(invented_union, {"treasury.additionality": 0.0})
    found = simulated(settled(case, scenarios=["baseline"], paths=1024, drivers=False), workers=1)
    assert report(found)
    for row in titled(found, "keys"):
        assert (row["used"].value, row["moved"].value) == ("", "")
        assert number(row["key"]) > 0.0
    assert "own resources take nothing from any balance" in public_finances(found)


def test_spending_beside_eda_and_nato(whole):
    """EDA, Defence Data 2023: EUR 278,573 m for the 27; NATO, July 2026: EUR 406,067 m for 23 in 2025."""
    eda, nato = ({row["row"]: row for row in titled(whole, name)} for name in ("eda", "nato"))
    assert number(eda["sum"]["published"]) == pytest.approx(278_573.2)
    assert number(eda["sum"]["used"]) == pytest.approx(282_550.6)
    assert number(nato["sum"]["published"]) == pytest.approx(406_067.3)
    assert set(nato) == {row.code for row in whole.case.budgets.states if row.ally} | {"sum"}
    assert number(eda["DE"]["share"]) == pytest.approx(67_621 / 63_430 - 1.0, abs=1e-6)


def test_investment_used_is_that_of_the_checks(whole):
    rows = {row["row"]: row for row in titled(whole, "investment by source")}
    (check,) = (one for one in whole.checks if one.name.startswith("Defence investment of the 27"))
    assert number(rows["sum"]["used"]) == pytest.approx(check.found)
    assert number(rows["BE"]["nato"]) == pytest.approx(12_845 * 0.1336)
    assert rows["AT"]["spending"] is None
    assert (rows["FR"]["eda year"], rows["DK"]["eda year"]) == (2022, 2023)


def test_investment_used_can_be_followed(whole):
    """It had been a pasted value under the word input, though no file holds it."""
    rows = {row["row"]: row for row in titled(whole, "investment by source")}
    assert all(isinstance(rows[code]["used"], Formula) for code in whole.states)
    # spending of 2025 and 2023 by SIPRI, investment of 2023 by EDA
    assert number(rows["AT"]["used"]) == pytest.approx(573.5 * 5632.0 / 4121.0)
    # spending of 2025 by NATO x the mean of its equipment shares of 2024 to 2026
    shares = [whole.case.budgets.figure("nato_equipment", "BE", year).value for year in (2024, 2025, 2026)]
    assert number(rows["BE"]["used"]) == pytest.approx(12_845 * sum(shares) / 3)


def test_investment_in_which_both_have_part_stays_a_value(whole):
    """A share of NATO's without NATO's spending: the model starts from neither's investment alone."""
    budgets, gone = whole.case.budgets, whole.case.budgets.figure("nato_spending", "BE", 2025)
    kept = replace(budgets, figures=tuple(one for one in budgets.figures if one is not gone))
    rows = titled(replace(whole, case=replace(whole.case, budgets=kept)), "investment by source")
    used = {row["row"]: row["used"] for row in rows}
    assert isinstance(used["BE"], float)
    assert isinstance(used["DE"], Formula)


def test_totals_of_eda(whole):
    rows = {row["row"]: row for row in titled(whole, "published totals")}
    assert number(rows["tie_out.spending"]["used"]) == pytest.approx(408_147.4)
    assert number(rows["tie_out.spending"]["difference"]) == pytest.approx(381_000 - 408_147.4)
    assert number(rows["tie_out.spending_before"]["published"]) == 343_000
    few = [table.name for table in tie_out(replace(whole, states=("DE", "FR"))).tables]
    assert "published totals" not in few


def test_receipts_are_off_unless_assumed(run):
    off = {row["row"]: row for row in titled(run, "positions")}
    assert {number(row["receipts"]) for row in off.values()} == {0.0}
    for code in run.states:
        own = float(run.statistics.mean("eu_budget", run.baseline, code).sum())
        grants = -float(run.statistics.mean("grant_received", run.baseline, code).sum())
        assert number(off[code]["net"]) == pytest.approx(grants - own)


def test_assumed_receipts_are_shared_out_by_investment(run):
    case = assuming(run.case, {"tie_out.receipts": 0.5})
    rows = {row["row"]: row for row in titled(replace(run, case=case), "positions")}
    paid = float(run.statistics.mean("payments", run.baseline, UNION).sum())
    grants = -sum(float(run.statistics.mean("grant_received", run.baseline, s).sum()) for s in run.states)
    assert number(rows["sum"]["receipts"]) == pytest.approx(0.5 * (paid - grants))
    invested = {s: float(run.statistics.mean("investment", run.baseline, s).sum()) for s in run.states}
    part = invested["NO"] / sum(invested.values())
    assert number(rows["NO"]["receipts"]) == pytest.approx(part * 0.5 * (paid - grants))


def test_others_loans_fall_on_a_state_by_its_key(whole):
    """Poland: key x (149,684 - 43,734), plus its part of the 90,000 that 24 states share."""
    rows = {row["row"]: row for row in titled(whole, "liability")}
    poland = next(place for place in places.states(whole) if place.code == "PL")
    assert number(rows["PL"]["own"]) == 43_734
    key = number(rows["PL"]["key"])
    assert number(rows["PL"]["safe"]) == pytest.approx(key * (149_684 - 43_734))
    loan = whole.statistics.mean("ukraine_loan", whole.baseline, poland.code).sum()
    everybody = whole.statistics.mean("ukraine_loan", whole.baseline, UNION).sum()
    assert number(rows["PL"]["ukraine"]) == pytest.approx(90_000 * loan / everybody, rel=1e-6)
    assert [number(rows[code]["ukraine"]) for code in ("CZ", "HU", "SK")] == [0.0, 0.0, 0.0]
    assert number(rows["MT"]["own"]) == 0.0


def test_a_liability_without_a_key_is_not_said_to_be_nothing(run, monkeypatch):
    """Where nobody pays a layer no key is known; a key of 0 had made 0 of what may be asked of a state."""
    over_years = places.over_years
    monkeypatch.setattr(
        places, "over_years", lambda run, layer, *g: over_years(run, layer, *g) * (layer != "ukraine_loan")
    )
    for row in titled(run, "liability"):
        assert {row[name].value for name in ("loan key", "ukraine", "both")} == {""}
        assert number(row["key"]) > 0.0
        assert number(row["safe"]) >= 0.0


def test_the_sheet_stands_before_treasury_and_is_live(run):
    names = [sheet.name for sheet in report(run)]
    assert names.index("Tie-out") == names.index(treasury.NAME) - 1
    cells = [cell for table in tie_out(run).tables for row in table.rows for cell in row.cells]
    assert sum(isinstance(cell, Formula) for cell in cells) > 100


@pytest.mark.parametrize("code", ["AL", "BO", "NO"])
def test_a_ministry_has_its_own_tie_out(run, code):
    rows = tables(run.of(code))
    assert list(rows["keys"]) == [code]
    assert set(rows["positions"]) == {code, places.REST, "sum"}
    assert 0.0 < number(rows["keys"][code].cells[9]) < 1.0
