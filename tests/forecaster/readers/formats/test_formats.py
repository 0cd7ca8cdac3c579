"""Layouts that ministries and publishers use, made on the spot."""

import json

import pytest
from openpyxl import Workbook, load_workbook

from forecaster.errors import Problems
from forecaster.readers import preview
from forecaster.readers.files.text import guessed
from forecaster.readers.formats import READERS, understood
from forecaster.readers.mapping import Mapping
from forecaster.readers.understanding import Context


@pytest.fixture
def read(names):
    """Read a file without errors: the understanding, the warnings."""

    def apply(path):
        problems = Problems()
        found = understood(path, Context(names, problems))
        assert [problem.line for problem in problems.errors] == []
        return found, list(problems.warnings)

    return apply


def values(found, measure: str = "") -> dict[tuple[str, int], float]:
    blocks = [block for block in found.blocks if measure in block.measure]
    return {(one.code, int(one.item)): one.value for block in blocks for one in block.figures}


def test_every_reader_says_why_it_declines(workbook, read):
    found, _ = read(workbook([["EUR million"], ["", 2024, 2025, 2026], ["Malta", 1, 2, 3]], "x.xlsx"))
    assert list(found.declined) == [reader.name for reader in READERS[:-1]]
    assert all(found.declined.values())


def test_merged_headings_and_footnotes(tmp_path, read):
    book = Workbook()
    sheet = book.active
    for row in (
        ["Defence expenditure (EUR million)", None, None, None],
        ["Country", "Years", None, None],
        [None, 2024, "2025*", "2026 (1)"],
        ["Austria\u00b9", "4 000,5", "7 (1)", "8*"],
        ["Greece (EL)", "5 000,5", "\u22123", "(2,5)"],
        ["\u00b9 Without pensions"],
        ["(1) Estimate"],
    ):
        sheet.append(row)
    sheet.merge_cells("B2:D2")
    sheet.merge_cells("A2:A3")
    book.save(tmp_path / "budget.xlsx")
    found, _ = read(tmp_path / "budget.xlsx")
    assert values(found) == {
        ("AT", 2024): 4000.5,
        ("AT", 2025): 7.0,
        ("AT", 2026): 8.0,
        ("GR", 2024): 5000.5,
        ("GR", 2025): -3.0,
        ("GR", 2026): -2.5,
    }
    flags = {one.cell: one.flag for one in found.blocks[0].figures}
    assert (flags["C4"], flags["D4"]) == ("(1)", "*")


def test_years_down_and_states_across(workbook, read):
    rows = [
        ["EUR billion"],
        ["Year", "AT", "EL", "Norway"],
        *[[year, year - 2020, 2, 3] for year in range(2021, 2027)],
    ]
    found, _ = read(workbook(rows, "budget.xlsx"))
    assert values(found)["AT", 2026] == 6000.0
    figure = next(one for one in found.blocks[0].figures if (one.code, one.item) == ("GR", "2023"))
    assert (figure.cell, figure.code) == ("C5", "GR")


def test_one_row_a_figure(tmp_path, read):
    path = tmp_path / "long.csv"
    lines = [
        "geo,time,unit,value,flag",
        "EL,2024,MIO_EUR,7000.5,e",
        "AT,2024,MIO_EUR,4000,",
        "UK,2024,MIO_EUR,1,",
    ]
    path.write_text("\n".join([*lines, "EL,2025,MIO_EUR,7200,"]), encoding="utf-8")
    found, _ = read(path)
    assert values(found) == {("GR", 2024): 7000.5, ("AT", 2024): 4000.0, ("GR", 2025): 7200.0}
    assert found.blocks[0].figures[0].flag == "e"
    assert [one.what for one in found.left] == ["UK"]


@pytest.mark.parametrize(
    ("encoding", "delimiter"),
    [
        ("utf-8", ";"),
        ("utf-8-sig", "\t"),
        ("cp1252", ";"),
        ("utf-16", "\t"),
        ("utf-16-le", "\t"),
        ("utf-16-be", ";"),
    ],
)
def test_text_tables_of_every_encoding(tmp_path, read, encoding, delimiter):
    rows = [
        ["Ausgaben in Mio. \u20ac"],
        ["Staat", "2024", "2025", "2026"],
        ["\u00d6sterreich", "4.000,5", "4.100,5", "5"],
    ]
    path = tmp_path / "plan.csv"
    path.write_text("\n".join(delimiter.join(row) for row in rows), encoding=encoding)
    found, _ = read(path)
    assert values(found) == {("AT", 2024): 4000.5, ("AT", 2025): 4100.5, ("AT", 2026): 5.0}


_EITHER = 'long.csv, C2: \'43.100\' may mean 43,100 or 43.100. Set decimal = "," or "." under [sources.XX].'


@pytest.mark.parametrize(
    ("more", "value", "told"),
    [
        ("", None, [_EITHER]),
        ("PL,2025,1.043.100", 43_100.0, []),
        ("PL,2025,4.5", 43.1, []),
    ],
)
def test_a_comma_between_cells_says_nothing_of_thousands(tmp_path, names, more, value, told):
    """'43.100' had been 43.1 in a table with one figure a row, whose cells commas part, and in no other."""
    path = tmp_path / "long.csv"
    path.write_text(
        f"state,year,EUR million\nPL,2024,43.100\nDE,2024,950\n{more}\nDE,2025,960\n", encoding="utf-8"
    )
    problems = Problems()
    found = understood(path, Context(names, problems))
    assert values(found).get(("PL", 2024)) == value
    assert [problem.line for problem in problems.errors] == told


@pytest.mark.parametrize(
    ("text", "mapping", "told"),
    [
        ("Item,2024,2025,2026\nDefence,62,82,7,93\nStaff,1,2,3", None, "E3: this row has 5 cells"),
        ("state,year,amount\nAT,2024,62\nAT,2025,82,7\nAT,2026,93", None, "D4: this row has 4 cells"),
        ("Item,2024\nDefence,62,4\n", {"filter": {"item": "Defence"}}, "C3: this row has 3 cells"),
    ],
)
def test_decimal_commas_among_commas_are_refused(tmp_path, names, text, mapping, told):
    """'82,7' had been 82 in 2025 and 7 in 2026, with a warning that columns were left out at best."""
    path = tmp_path / "AT.csv"
    path.write_text(f"EUR million\n{text}\n", encoding="utf-8")
    problems = Problems()
    mapped = Mapping.model_validate({"file": "AT.csv", **mapping}) if mapping else None
    found = understood(path, Context(names, problems, mapped, "AT" if mapped else ""))
    (error,) = [problem.line for problem in problems.errors]
    assert values(found) == {}
    assert error.startswith(f"AT.csv, {told}, row 2 of the headings ")
    assert error.endswith("Save the file with semicolons between cells, or with decimal points.")


def test_years_running_backwards_and_flags_in_columns_of_their_own(tmp_path, read):
    """The workbook that a page of Eurostat exports."""
    book = Workbook()
    sheet = book.active
    sheet.title = "Sheet 1"
    for row in (
        ["Data extracted on 01/11/2026 from [ESTAT]"],
        ["Dataset: ", None, "General government expenditure by function [gov_10a_exp]"],
        [],
        ["Unit of measure", None, "Million euro"],
        [],
        ["TIME", None, "2022", None, "2023", None, "2024", None],
        ["GEO (Labels)"],
        ["European Union - 27 countries (from 2020)", None, 9.5, None, 9, "p", 9, "p"],
        ["Belgium", None, 1.5, None, 2.5, "p", ":", None],
        ["Greece", None, 3, "b", 4, None, 5, "e"],
        [],
        ["Special value"],
        [":", "not available"],
    ):
        sheet.append(row)
    book.save(tmp_path / "gov_10a_exp_page.xlsx")
    found, _ = read(tmp_path / "gov_10a_exp_page.xlsx")
    assert found.format == "Eurostat page"
    assert values(found) == {
        ("BE", 2022): 1.5,
        ("BE", 2023): 2.5,
        ("GR", 2022): 3.0,
        ("GR", 2023): 4.0,
        ("GR", 2024): 5.0,
    }
    assert found.blocks[0].flags == {"b": 1, "e": 1, "p": 1}
    assert found.blocks[0].unit.label == "EUR million"


def test_bulk_table_of_the_newer_kind(tmp_path, read):
    path = tmp_path / "estat_gov.tsv"
    head = "freq,unit,na_item,geo\\TIME_PERIOD\t2023 \t2024 "
    path.write_text(f"{head}\nA,MIO_EUR,TE,EL\t1.5 b\t: c\nA,PC_GDP,TE,AT\t2 p\t2.5 \n", encoding="utf-8")
    found, _ = read(path)
    assert values(found) == {("GR", 2023): 1.5, ("AT", 2023): 0.02, ("AT", 2024): 0.025}
    assert {one.flag for block in found.blocks for one in block.figures} == {"b", "p", ""}


def test_json_stat_with_a_list_of_values_and_flags(tmp_path, read):
    content = {
        "class": "dataset",
        "id": ["unit", "geo", "time"],
        "size": [1, 2, 2],
        "value": [1.5, None, 3, 4],
        "status": {"0": "p", "3": "e"},
        "dimension": {
            "unit": {"category": {"index": {"MIO_EUR": 0}}},
            "geo": {"category": {"index": ["AT", "EL"]}},
            "time": {"category": {"index": {"2023": 0, "2024": 1}}},
        },
    }
    path = tmp_path / "data.json"
    path.write_text(json.dumps(content), encoding="utf-8")
    found, _ = read(path)
    assert values(found) == {("AT", 2023): 1.5, ("GR", 2023): 3.0, ("GR", 2024): 4.0}
    assert found.blocks[0].flags == {"e": 1, "p": 1}


def test_stacked_tables_each_with_its_unit(workbook, read):
    """The layout of NATO's tables: sub-headings between blocks that repeat the countries."""
    rows = [
        ["Table 1 : Defence expenditure"],
        ["Million national currency units"],
        ["", "2023", "2024e", "2025e"],
        ["Current prices"],
        ["Belgium (Euros)", 1, 2, 3],
        ["Norway (Kroner)", 1, 2, 3],
        ["Poland* (Zlotys)", 4, 5, 6],
        ["NATO Total", 9, 9, 9],
        ["Share of real GDP (%)"],
        ["Belgium (Euros)", 1.1, 1.2, 1.3],
        ["Poland* (Zlotys)", 4.1, 4.2, 4.3],
        ["* These Allies have national laws"],
    ]
    found, _ = read(workbook(rows, "250827-def-exp-2025-en.xlsx"))
    assert found.format == "NATO Defence Expenditure"
    assert [block.unit.label for block in found.blocks] == ["national currency million", "% of GDP"]
    assert values(found, "Share")["PL", 2025] == pytest.approx(0.043)
    units = {one.code: one.unit for one in found.blocks[0].figures}
    assert units == {"BE": "EUR million", "PL": "PLN million"}


def test_local_currency_in_millions_of_an_older_vintage(tmp_path, read):
    book = Workbook()
    local, dollars = book.active, book.create_sheet("Current US$")
    local.title = "Local currency calendar years"
    for sheet, unit, factor in ((local, "local currency", 0.9), (dollars, "US$ m.", 1.0)):
        sheet.append([f"Military expenditure by country, in {unit}, 1988-2016   (c) SIPRI 2017"])
        sheet.append([f"Figures are in {unit} at current prices."])
        sheet.append(["Country", "Notes", 2014, 2015, 2016])
        for name in ("Austria", "Belgium"):
            sheet.append([name, "", 1000 * factor, 1100 * factor, "xxx"])
    book.save(tmp_path / "SIPRI-2017.xlsx")
    found, _ = read(tmp_path / "SIPRI-2017.xlsx")
    assert values(found, "local currency")["AT", 2014] == 900.0
    assert found.blocks[0].unit.label == "national currency million"


def test_hidden_columns_are_left_out_and_told(workbook, read):
    path = workbook(
        [["EUR million"], ["State", 2023, 2024, 2025, 2026], ["Malta", 1, 2, 3, 4]], "budget.xlsx"
    )
    book = load_workbook(path)
    book.active.column_dimensions["C"].hidden = True
    book.save(path)
    found, warnings = read(path)
    assert found.blocks[0].years == (2023, 2025, 2026)
    told = "Column C is hidden and was left out (2.0). Use include_hidden = true to read it."
    assert warnings == [f"budget.xlsx, Budget: {told}"]


def test_totals_that_meet_are_silent_and_left_out(workbook, read):
    rows = [
        ["EUR million"],
        ["", 2024, 2025, 2026],
        ["Malta", 1, 2, 3],
        ["Spain", 4, 5, 6],
        ["of which new", 1, 1, 1],
    ]
    found, warnings = read(workbook([*rows, ["EU-27", 5, 7, 9.4]], "budget.xlsx"))
    assert warnings == []
    assert set(values(found).values()) == {1, 2, 3, 4, 5, 6}
    assert [one.what for one in found.left] == ["of which new", "EU-27"]


def test_a_ministry_names_its_state_in_many_ways(workbook, read):
    rows = [
        ["Defence of Poland, PLN thousand"],
        ["Item", 2024, 2025, 2026],
        ["Army", 1, 2, 3],
        ["Navy", 4, 5, 6],
    ]
    assert read(workbook(rows, "plan.xlsx"))[0].blocks[0].codes == ("PL",)
    assert read(workbook([["CZK million"], *rows[1:]], "CZ_plan.xlsx"))[0].blocks[0].codes == ("CZ",)
    assert read(workbook([["EUR million"], *rows[1:]], "plan.xlsx", sheet="\u00d6sterreich"))[0].blocks[
        0
    ].codes == ("AT",)


def test_the_answer_as_lines_json_and_csv(workbook, root):
    path = workbook(
        [["EUR thousand"], ["", 2024, "2025e", 2026], ["Malta", 1500, 2, "n/a"], ["Türkiye", 1, 2, 3]],
        "x.xlsx",
    )
    found = preview.answer(path, root / "inputs")
    lines = preview.lines(found)
    assert lines[0] == "x.xlsx: table of states and years"
    assert "    sheet 'Budget', headings in row 2; unit: EUR thousand (x 0.001 = EUR million)" in lines
    assert "Tables: 1; figures of member states: 2" in lines
    assert "    states: 1 (MT); years: 2024-2025" in lines
    assert "    flags: e (1)" in lines
    assert "    not a member state: Türkiye" in lines
    assert preview.as_json(found).isascii()
    content = json.loads(preview.as_json(found))
    assert content["tables"][0]["figures"][0]["value"] == 1.5
    assert content["left_out"] == [{"place": "Budget!A4", "what": "Türkiye", "why": "not a member state"}]
    assert (
        preview.as_csv(found)
        .splitlines()[1]
        .startswith("EUR thousand,MT,2024,1.5,EUR thousand,0.001,,1500,x.xlsx,")
    )


def test_the_command_prints_it_and_fails_with_the_code_of_inputs(workbook, root):
    from click.testing import CliRunner

    from forecaster.cli import cli

    good = workbook([["EUR million"], ["", 2024, 2025, 2026], ["Malta", 1, 2, 3]], "x.xlsx")
    run = CliRunner().invoke(cli, ["read", str(good)])
    assert (run.exit_code, run.stdout.splitlines()[0]) == (0, "x.xlsx: table of states and years")
    assert json.loads(CliRunner().invoke(cli, ["read", str(good), "--json"]).stdout)["problems"] == []
    assert CliRunner().invoke(cli, ["read", str(good), "--csv"]).stdout.count("\n") == 4
    bad = workbook([["Budget"], ["", 2024, 2025, 2026], ["Malta", 1, 2, 3]], "y.xlsx")
    run = CliRunner().invoke(cli, ["read", str(bad)])
    assert run.exit_code == 3
    assert "y.xlsx: no unit found near the table (looked in Budget!A1:D2)." in run.stderr
    assert (root / "inputs").is_dir()


@pytest.mark.parametrize(("encoding", "told"), [("utf-8", 0), ("utf-16", 0), ("cp1252", 1), ("cp1250", 1)])
def test_a_guessed_encoding_is_told(tmp_path, names, encoding, told):
    problems = Problems()
    path = tmp_path / "plan.csv"
    path.write_text("EUR million;2024;2025;2026\nÖsterreich;4000;4100;4200\n", encoding=encoding)
    assert understood(path, Context(names, problems, None, "")).blocks
    assert problems.warnings == (f"plan.csv: {guessed('cp1252')}",) * told


@pytest.mark.parametrize(
    ("unit", "factor", "encoding", "page"),
    [
        ("v mil. Kč", 1, "cp1250", "cp1250"),
        ("VÝDAJE V TIS. KČ", 1e-3, "cp1250", "cp1250"),
        ("tys. zł", 1e-3, "cp1250", "cp1250"),
        ("mln złotych", 1, "iso8859-2", "cp1250"),
        ("tisoč EUR", 1e-3, "cp1250", "cp1250"),
        ("tisuća eura", 1e-3, "cp1250", "cp1250"),
        ("хил. лв.", 1e-3, "cp1251", "cp1251"),
        ("εκατ. ευρώ", 1, "cp1253", "cp1253"),
        ("Vorsatz³, Mio. € für Überläufe", 1, "cp1252", "cp1252"),
        ("Dépenses à Liège, M€", 1, "cp1252", "cp1252"),
    ],
)
def test_a_unit_tells_the_code_page_it_is_written_in(tmp_path, names, unit, factor, encoding, page):
    """Read as of Western Europe, 'Kč' is 'Kè': no unit had been found."""
    problems = Problems()
    path = tmp_path / "plan.csv"
    path.write_text(f"{unit};;;\n;2024;2025;2026\nMalta;4000;4100;4200\n", encoding=encoding)
    (block,) = understood(path, Context(names, problems, None, "")).blocks
    assert block.unit.factor == factor
    assert (problems.errors, problems.warnings) == ((), (f"plan.csv: {guessed(page)}",))
