"""Corners: files that are something else, units in odd places, the project's own tables as a file."""

import zipfile

import pytest
from openpyxl import load_workbook

from forecaster.errors import Problems
from forecaster.readers.files import gate
from forecaster.readers.formats import understood
from forecaster.readers.mapping import Mapping
from forecaster.readers.understanding import Context

ROWS = [["", 2024, 2025, 2026], ["Malta", 1, 2, 3], ["Spain", 4, 5, 6]]


@pytest.fixture
def read(names):
    """Read a file: the understanding, error lines."""

    def apply(path, mapping=None, code=""):
        problems = Problems()
        found = understood(path, Context(names, problems, mapping, code))
        return found, [problem.line for problem in problems.errors]

    return apply


def values(found):
    return {(one.code, one.item): one.value for block in found.blocks for one in block.figures}


def test_own_workbook_and_own_table_as_files(root, read):
    found, errors = read(root / "inputs" / "budgets.xlsx")
    assert errors == []
    assert found.format == "own template"
    assert {"Defence spending", "Gross national income"} <= {block.measure for block in found.blocks}
    assert ("plans", "a list; read together with its case") in {(one.place, one.why) for one in found.left}
    found, errors = read(root / "inputs" / "growth.csv")
    assert errors == []
    assert values(found)["AT", "2025"] == pytest.approx(0.0027)


def test_zip_files_that_are_no_workbook(tmp_path, read):
    for part, text in (
        ("xl/workbook.bin", "x.xlsx is a binary workbook (.xlsb). Open it in Excel and save as .xlsx."),
        ("a.csv", "x.xlsx is a zip file without a workbook in it. Unpack it and pass the workbook."),
    ):
        with zipfile.ZipFile(tmp_path / "x.xlsx", "w") as archive:
            archive.writestr(part, "x")
        assert read(tmp_path / "x.xlsx")[1] == [text]


def test_a_workbook_of_the_strict_kind(tmp_path, workbook, read):
    """Its parts have other names, which openpyxl passes over: a workbook without sheets."""
    plain, strict = b"schemas.openxmlformats.org/", b"purl.oclc.org/ooxml/"
    with (
        zipfile.ZipFile(workbook(ROWS, "plain.xlsx")) as old,
        zipfile.ZipFile(tmp_path / "x.xlsx", "w") as new,
    ):
        for part in old.namelist():
            text = old.read(part)
            new.writestr(part, text if part.startswith(("_rels", "[")) else text.replace(plain, strict))
    _, (error,) = read(tmp_path / "x.xlsx")
    assert error.startswith("x.xlsx holds no sheet that can be read. Open it in Excel and save it as")


def test_other_files(tmp_path, read, monkeypatch):
    (tmp_path / "x.csv").write_bytes(b"MZ\0\0\0\1\2\3")
    assert read(tmp_path / "x.csv")[1] == [
        "x.csv is neither a spreadsheet nor a text file. Save the table as .xlsx or .csv."
    ]
    (tmp_path / "x.xml").write_text("<?xml version='1.0'?><a/>", encoding="utf-8")
    assert read(tmp_path / "x.xml")[1] == [
        "x.xml is an XML file saved with the ending .xml. Open it in Excel and save as .xlsx."
    ]
    monkeypatch.setattr(gate, "FILE_LIMIT", 10)
    (tmp_path / "big.csv").write_text("a,b,c\n1,2,3\n", encoding="utf-8")
    assert read(tmp_path / "big.csv")[1] == ["big.csv has 0 MB (limit 0 MB). Split it."]


def test_an_empty_workbook(workbook, read):
    assert read(workbook([], "x.xlsx"))[1] == ["x.xlsx: every sheet is empty."]


def test_an_error_is_told_once_whatever_was_warned_of_before(workbook, names):
    """What is wrong with the table is why none was found; warnings of other files do not count against it."""
    problems = Problems()
    problems.warn("y.xlsx", "A1", "something to know.")
    path = workbook([["EUR million", "% of GDP"], *ROWS], "x.xlsx")
    assert understood(path, Context(names, problems, None, "")).blocks == ()
    assert [problem.place for problem in problems.errors] == ["Budget"]


def test_several_units_above_a_table_are_a_question(workbook, read):
    path = workbook([["EUR million", "% of GDP"], *ROWS], "x.xlsx")
    told = "several units found: EUR million (A1), % of GDP (B1)"
    assert read(path)[1] == [f'x.xlsx, Budget: {told}. Set unit = "EUR million" under [sources.XX].']
    assert values(read(path, Mapping(file="x.xlsx", unit="% of GDP"))[0])["MT", "2025"] == 0.02


def test_a_unit_that_is_not_understood(workbook, read):
    path = workbook([["EUR million"], *ROWS], "x.xlsx")
    assert read(path, Mapping(file="x.xlsx", unit="bananas"))[1] == [
        "assumptions.toml: unit = 'bananas' under [sources.XX] is not understood. Write 'EUR million'."
    ]


def test_a_header_row_that_was_set(workbook, read):
    path = workbook([["EUR million"], ["", 2024], ["Malta", 1], ["Spain", 4]], "x.xlsx")
    assert read(path)[1] != []
    assert values(read(path, Mapping(file="x.xlsx", header_row=2))[0]) == {
        ("MT", "2024"): 1,
        ("ES", "2024"): 4,
    }


def test_years_below_each_other_that_name_no_state(workbook, read):
    rows = [["EUR million"], ["Year", "Budget", "Equipment"], *([year, 1, 2] for year in range(2024, 2029))]
    told = "x.xlsx, Budget: years stand below each other, and no member state is named beside them: name the"
    assert read(workbook(rows, "x.xlsx"))[1] == [
        f"{told} file after the state (PL_budget.xlsx), or read it under [sources.PL]."
    ]
    found, errors = read(workbook(rows, "PL_budget.xlsx"))
    assert errors == []
    assert [(block.measure, block.header) for block in found.blocks] == [("Budget", 2), ("Equipment", 2)]


def test_a_table_that_names_no_state(workbook, read):
    path = workbook([["EUR million"], ["", 2024, 2025, 2026], ["Army", 1, 2, 3], ["Navy", 4, 5, 6]], "x.xlsx")
    advice = (
        "Correct the name, name the file after the state (PL_budget.xlsx), or read it under [sources.PL]."
    )
    told = "x.xlsx, Budget: no member state is named. Rows read:"
    assert read(path)[1] == [f"{told} 'Army', 'Navy'. {advice}"]
    path = workbook([["EUR million"], ["State", 2024, 2025, 2026], ["Grece", 1, 2, 3]], "x.xlsx")
    assert read(path)[1] == [f"{told} 'Grece'. {advice}"]


def test_units_of_tidy_tables(tmp_path, read):
    path = tmp_path / "long.csv"
    rows = ["state,year,budget (EUR thousand),people", *[f"MT,{year},{year},5" for year in range(2020, 2026)]]
    path.write_text("\n".join(rows), encoding="utf-8")
    found, errors = read(path)
    assert values(found)["MT", "2024"] == 2.024
    advice = 'Set unit = "EUR million" under [sources.XX].'
    assert errors == [f"long.csv: no unit found near the table (looked in A1:D1). {advice}"]
    assert read(path, Mapping(file="long.csv", unit="EUR thousand"))[1] == []


@pytest.mark.parametrize("unit_in", ["text above", "heading", "column of units"])
def test_a_unit_that_was_set_and_another_of_a_tidy_table(tmp_path, read, unit_in):
    head = "state,year,value" if unit_in != "heading" else "state,year,value (EUR million)"
    rows = [f"MT,{year},5" for year in range(2020, 2026)]
    if unit_in == "column of units":
        head, rows = f"{head},unit", [f"{row},MIO_EUR" for row in rows]
    lines = ["EUR million"] * (unit_in == "text above") + [head, *rows]
    (tmp_path / "long.csv").write_text("\n".join(lines), encoding="utf-8")
    place = {"text above": "A1", "heading": "C1", "column of units": "D2"}[unit_in]
    told = "the sheet says EUR million, [sources.XX] says EUR thousand. Correct one of them."
    path = tmp_path / "long.csv"
    assert read(path, Mapping(file="long.csv", unit="EUR thousand"))[1] == [f"long.csv, {place}: {told}"]
    assert values(read(path, Mapping(file="long.csv", unit="EUR million"))[0])["MT", "2025"] == 5.0
    assert read(path, Mapping(file="long.csv", unit="bananas"))[1] == [
        "assumptions.toml: unit = 'bananas' under [sources.XX] is not understood. Write 'EUR million'."
    ]


def test_a_unit_that_was_set_settles_which_of_two_it_is(workbook, read):
    path = workbook([["EUR million", "EUR thousand"], *ROWS], "x.xlsx")
    assert read(path)[1] != []
    found, errors = read(path, Mapping(file="x.xlsx", unit="EUR thousand"))
    assert errors == []
    assert values(found)["MT", "2025"] == 0.002


@pytest.mark.parametrize("tidy", [False, True])
def test_a_percentage_is_a_share_be_it_stored_or_typed(workbook, read, tidy):
    shares = [0.02, 0.03, "2.5%"]
    rows = [["", 2024, 2025, 2026], ["Malta", *shares]]
    if tidy:
        rows = [["state", "year", "share"], *(["Malta", 2024 + at, one] for at, one in enumerate(shares))]
    path = workbook([["% of GDP"], *rows], "x.xlsx")
    book = load_workbook(path)
    for cell in (cell for row in book.active.iter_rows() for cell in row if cell.value in shares):
        cell.number_format = "0.0%"
    book.save(path)
    assert list(values(read(path)[0]).values()) == pytest.approx([0.02, 0.03, 0.025])


def test_a_place_on_a_sheet_with_years_down_is_the_cell_itself(workbook, read):
    table = [["", "Malta", "Spain"], *([year, 1, 2] for year in range(2024, 2027))]
    advice = 'Set unit = "EUR million" under [sources.XX].'
    told = f"no unit found near the table (looked in Budget!A1:A4). {advice}"
    assert read(workbook(table, "x.xlsx"))[1] == [f"x.xlsx: {told}"]
    path = workbook([["Budget"], ["EUR million"], *table], "x.xlsx")
    told = "the sheet says EUR million, [sources.XX] says EUR billion. Correct one of them."
    assert read(path, Mapping(file="x.xlsx", unit="EUR billion"))[1] == [f"x.xlsx, Budget!A2: {told}"]


def test_units_of_budget_lines(workbook, read):
    rows = [["Chapter", "Outturn (EUR thousand)"], [14, 5000], [14, 6000], [15, 1]]
    path = workbook(rows, "x.xlsx")
    mapping = {"file": "x.xlsx", "filter": {"Chapter": [14, 15]}, "amount": rows[0][1], "year": 2025}
    assert values(read(path, Mapping.model_validate(mapping), "AT")[0]) == {
        ("AT", "2025"): pytest.approx(11.001)
    }
    none = Mapping.model_validate(mapping | {"filter": {"Chapter": ">20"}})
    assert read(path, none, "AT")[1] == ["x.xlsx, Budget: no line passes the filter under [sources.AT]."]
    other = Mapping.model_validate(mapping | {"unit": "EUR million"})
    told = "the sheet says EUR thousand, [sources.AT] says EUR million. Correct one of them."
    assert read(path, other, "AT")[1] == [f"x.xlsx, Budget!B1: {told}"]
    wrong = Mapping.model_validate(mapping | {"unit": "bananas"})
    assert read(path, wrong, "AT")[1] == [
        "assumptions.toml: unit = 'bananas' under [sources.AT] is not understood. Write 'EUR million'."
    ]


def test_budget_lines_without_a_unit_and_with_hidden_rows(workbook, read):
    from openpyxl import load_workbook

    path = workbook([["Chapter", "2024", "2025"], [14, 5000, 1], [14, 6000, 2]], "x.xlsx")
    mapping = {"file": "x.xlsx", "filter": {"Chapter": "*"}}
    advice = 'Set unit = "EUR million" under [sources.AT].'
    told = f"no unit found near the table (looked in Budget!A1:C1). {advice}"
    assert read(path, Mapping.model_validate(mapping), "AT")[1] == [f"x.xlsx: {told}"]
    book = load_workbook(path)
    book.active.row_dimensions[3].hidden = True
    book.save(path)
    mapping["unit"] = "EUR"
    found, _ = read(path, Mapping.model_validate(mapping), "AT")
    assert values(found)["AT", "2024"] == pytest.approx(0.005)


def test_amount_and_year_go_together():
    with pytest.raises(ValueError, match="amount and year go together"):
        Mapping(file="x.xlsx", amount="Ist")


def test_dates_and_answers_in_number_cells(case, change):
    from forecaster.readers import read_budgets

    change("spending", "AT,100", "AT,2025-01-31")
    change("safe", "yes", "maybe")
    problems = Problems()
    read_budgets(case, problems)
    assert [problem.line for problem in problems.errors] == [
        "spending.csv, B2: '2025-01-31' is not a number. Missing values may be n/a, :, .. or empty.",
        "safe.csv, C2: 'maybe' is not a yes or a no.",
    ]


def test_columns_twice_or_without_a_heading(case, change):
    from forecaster.readers import read_budgets

    change("gni", "2023", "2023,2023,,2024", line=0)
    change("gni", "AT,100", "AT,100,100,7,100", line=1)
    change("gni", "GR,100", "GR,100,100,,100", line=2)
    problems = Problems()
    read_budgets(case, problems)
    assert [problem.line for problem in problems.errors] == [
        "gni.csv, C1: column 2023 is there twice.",
        "gni.csv, D1: this column has figures but no heading.",
    ]


@pytest.mark.parametrize(
    ("rows", "area", "cell"),
    [
        ([["EUR million"], ["", 2024, 2025, 2026], ["Malta", 1, None, 3]], "B3:C3", "C3"),
        (
            [["EUR million"], ["", "Malta", "Spain"], [2024, 1, 4], [2025, None, 5], [2026, 3, 6]],
            "B3:B4",
            "B4",
        ),
        ([["EUR million"], ["", 2024, 2025, 2026], ["Malta", "1.5", None, "3.5"]], "B3:C3", "C3"),
    ],
)
def test_a_figure_merged_over_two_years_is_no_silent_gap(workbook, read, rows, area, cell):
    path = workbook(rows, "x.xlsx")
    book = load_workbook(path)
    book.active.merge_cells("A1:C1")
    book.active.merge_cells(area)
    held = book.active["B3"].value
    book.save(path)
    advice = "Unmerge it and give each cell its own figure."
    assert read(path)[1] == [
        f"x.xlsx, Budget!{cell}: is part of the merged cell {area}, which holds {held}. {advice}"
    ]
