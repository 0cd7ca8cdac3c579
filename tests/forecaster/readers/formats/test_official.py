"""Files as their publishers made them, where they are at hand beside the checkout; the panel to compare."""

import csv
from collections.abc import Iterator
from pathlib import Path

import pytest

from forecaster.errors import Problems
from forecaster.readers.formats import understood
from forecaster.readers.mapping import Mapping
from forecaster.readers.understanding import Context

SIPRI = "sipri/SIPRI-Milex-data-1949-2025_v1.2.xlsx"
NATO = "nato/240617-def-exp-2024-TABLES-en.xlsx"
EDA_LIST = "eda/defence-data-2023.xlsx"
EDA_SHEETS = "eda/eda-collective-and-national-defence-data-2005-2017e-(excel).xlsx"
EUROSTAT_JSON = "eurostat/gov_ev-defence.json"
EUROSTAT_BULK = "eurostat/gov_10dd_edpt1.tsv.gz"
HIDDEN = Mapping(file="any", include_hidden=True)


@pytest.fixture(scope="module")
def data(root) -> Path:
    """Folder of the published files."""
    folder = root.parent / "shared" / "data"
    if not (folder / "official").is_dir():
        pytest.skip(
            "the publishers' files are not at hand: no folder ../shared/data/official beside the checkout"
        )
    return folder


@pytest.fixture(scope="module")
def panel(data):
    """(variable, source) -> (state, year) -> value, as somebody else read the same publishers."""
    found: dict[tuple[str, str], dict[tuple[str, int], float]] = {}
    with (data / "eu27_panel.csv").open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            place = found.setdefault((row["variable"], row["source"].split(" ")[0]), {})
            place[row["iso2"], int(row["year"])] = float(row["value"])
    return found


@pytest.fixture(scope="module")
def read(data, names):
    """Read a file without any problem: its blocks."""

    known = {}

    def apply(file: str, mapping: Mapping | None = None, code: str = ""):
        if (file, mapping is None) not in known:
            known[file, mapping is None] = once(file, mapping, code)
        return known[file, mapping is None]

    def once(file: str, mapping: Mapping | None, code: str):
        problems = Problems()
        found = understood(data / "official" / file, Context(names, problems, mapping, code))
        assert found is not None
        assert [problem.line for problem in problems.errors] == []
        return found

    return apply


def figures(found, measure: str, sheet: str = "") -> Iterator[tuple[tuple[str, int], float]]:
    """(state, year) and value of the figures of a measure, in millions or shares."""
    for block in found.blocks:
        if measure in block.measure and sheet in block.sheet:
            yield from (((one.code, int(one.item)), one.value) for one in block.figures)


def exactly(found, measure: str) -> Iterator[tuple[tuple[str, int], float]]:
    """As figures, of the measure of just this name."""
    blocks = [block for block in found.blocks if block.measure == measure]
    yield from (((one.code, int(one.item)), one.value) for block in blocks for one in block.figures)


def agreeing(
    ours: Iterator[tuple[tuple[str, int], float]], theirs, factor: float = 1.0, digits: float = 5e-4
) -> int:
    """How many state-years agree with the panel to the publisher's precision; none may differ."""
    count = 0
    for key, value in ours:
        if key in theirs:
            assert value == pytest.approx(theirs[key] * factor, rel=digits, abs=0.06 * factor), key
            count += 1
    return count


def test_sipri(read, panel):
    found = read(SIPRI)
    assert found.format.startswith("SIPRI")
    assert {block.sheet: block.unit.label for block in found.blocks} == {
        "Local currency financial years": "national currency",
        "Local currency calendar years": "national currency",
        "Constant (2024) US$": "USD million",
        "Current US$": "USD million",
        "Share of GDP": "% of GDP",
        "Per capita": "USD per head",
        "Share of Govt. spending": "%",
    }
    share = panel["defence_pct_gdp", "SIPRI"]
    assert agreeing(figures(found, "", "Share of GDP"), share, 0.01) > 1500
    assert agreeing(figures(found, "", "Constant"), panel["defence_exp_musd_const2024", "SIPRI"]) > 1500
    calendar = figures(found, "", "calendar years")
    assert agreeing(calendar, panel["defence_exp_mnac", "SIPRI"], digits=2e-2) > 1500


def test_sipri_estimates_are_flagged(read):
    block = next(block for block in read(SIPRI).blocks if block.sheet == "Share of GDP")
    assert block.flags["estimate"] > 200
    hungary = next(one for one in block.figures if (one.code, one.item) == ("HU", "1970"))
    assert hungary.flag == "estimate"


def test_sipri_currencies(read):
    block = next(block for block in read(SIPRI).blocks if "calendar" in block.sheet)
    units = {one.code: one.unit for one in block.figures}
    assert (units["PL"], units["SE"], units["DE"], units["BG"]) == ("PLN", "SEK", "EUR", "BGN")


def test_nato(read, panel):
    found = read(NATO)
    assert found.format.startswith("NATO")
    shares = panel["equipment_share_pct", "NATO"]
    assert agreeing(figures(found, "Equipment (a)"), shares, 0.01) >= 230
    current = figures(found, "Table 1 : Defence expenditure: Current prices")
    millions = dict(current)
    # NATO, Defence Expenditure of NATO Countries (2014-2024), 17 June 2024, table 1
    assert [round(millions[key]) for key in [("DE", 2024), ("FR", 2024), ("BE", 2014), ("SE", 2024)]] == [
        90586,
        59600,
        3913,
        139930,
    ]
    euro = {
        key: value
        for key, value in millions.items()
        if key[0] in {"AT", "BE", "DE", "FR", "IT", "NL", "ES", "PT"}
    }
    assert agreeing(iter(euro.items()), panel["defence_exp_meur", "NATO"]) >= 70
    flags = next(block for block in found.blocks if "Equipment (a)" in block.measure).flags
    assert set(flags) == {"e"}


def test_eda_lists(read, panel):
    found = read(EDA_LIST, HIDDEN)
    assert found.format.startswith("EDA")
    units = {block.unit.label for block in found.blocks if block.measure == "Total Defence Expenditure"}
    assert units == {"EUR million"}
    assert agreeing(exactly(found, "Total Defence Expenditure"), panel["defence_exp_meur", "EDA"]) >= 450
    assert agreeing(exactly(found, "Defence Investment"), panel["defence_investment_meur", "EDA"]) >= 450


def test_a_hidden_sheet_is_left_out_unless_asked_for(read):
    found = read(EDA_LIST)
    assert "Billions" not in {block.sheet for block in found.blocks}
    assert ("sheet Billions", "hidden") in {(one.what, one.why) for one in found.left}
    total = next(block for block in found.blocks if block.measure == "Total Defence Expenditure")
    assert len(total.codes) == 27


def test_eda_sheets(read, panel):
    found = read(EDA_SHEETS)
    total = next(block for block in found.blocks if block.measure == "Total Defence Expenditure")
    assert total.unit.label == "EUR million"
    assert set(total.flags) == {"e"}
    theirs = panel["defence_exp_meur", "EDA"]
    # the panel is of the edition of 2024, which revised some years of this one
    same = [
        key
        for key, value in exactly(found, "Total Defence Expenditure")
        if value == pytest.approx(theirs.get(key))
    ]
    assert len(same) >= 200
    assert next(block for block in found.blocks if block.measure == "Army").unit.label == "number"


def test_eurostat_json(read, panel):
    found = read(EUROSTAT_JSON)
    assert {block.unit.label for block in found.blocks} == {
        "EUR million",
        "% of GDP",
        "national currency million",
    }
    investment = figures(found, "P51G MIO_EUR")
    assert agreeing(investment, panel["defence_gfcf_meur", "Eurostat"]) >= 100


def test_eurostat_bulk(read, panel):
    found = read(EUROSTAT_BULK)
    debt = exactly(found, "PC_GDP S13 GD")
    exact = [
        (key, value) for key, value in debt if 2000 <= key[1] <= 2008 and key[0] in {"DE", "FR", "IT", "ES"}
    ]
    assert len(exact) >= 20
    # Eurostat was revised since; the International Monetary Fund's later debt ratios stay within a tenth
    assert agreeing(iter(exact), panel["debt_pct_gdp", "IMF"], 0.01, digits=0.1) >= 20
    lines = next(block for block in found.blocks if block.measure == "MIO_EUR S1 B1GQ")
    values = {(one.code, one.item): one.value for one in lines.figures}
    assert (values["AT", "2015"], values["BE", "2015"], values["BG", "2015"]) == (337161.8, 409768.0, 44162.3)


def test_german_outturn(read):
    mapping = Mapping(
        file="x",
        filter={"Epl.": 14, "Tit.": ">=40000"},
        amount="Ist 2019",
        year=2019,
        unit="EUR",
        control=43117974221.54,
    )
    block = read("national/DE_Haushaltsrechnung_HR2019.xlsx", mapping, "DE").blocks[0]
    # Bundesfinanzministerium, Haushaltsrechnung 2019: expenditure of Einzelplan 14, EUR 43.1 bn
    assert round(block.figures[0].value, 1) == 43118.0
    assert block.figures[0].raw.endswith("sum of 268 lines")


def test_german_plan(read):
    mapping = Mapping(
        file="x",
        filter={"einzelplan": "14", "einnahmen-ausgaben": "A"},
        amount="soll",
        year=2020,
        unit="EUR thousand",
    )
    block = read("national/DE_Bundeshaushalt_hh_2020.csv", mapping, "DE").blocks[0]
    # Bundeshaushaltsplan 2020: expenditure of Einzelplan 14 is EUR 45,053 m
    assert round(block.figures[0].value) == 45053


def test_dutch_defence(read):
    mapping = Mapping(file="x", filter={"Agency Name": "Defensie"}, unit="EUR thousand")
    block = read("national/NL_rijksbegroting_uitgaven.csv", mapping, "NL").blocks[0]
    # Rijksbegroting 2015, chapter X: EUR 8,000 m
    assert {one.item: round(one.value) for one in block.figures} == {
        "2012": 7866,
        "2013": 7777,
        "2014": 7602,
        "2015": 8000,
    }


def test_the_panel_itself_reads(data, names, panel):
    problems = Problems()
    found = understood(data / "eu27_panel.csv", Context(names, problems))
    assert problems.errors == ()
    gdp = dict(figures(found, "defence_pct_gdp"))
    assert agreeing(iter(gdp.items()), panel["defence_pct_gdp", "SIPRI"], 0.01) == len(gdp) > 1500
