"""Each row of the design's table of what a user sees: such a file is made, the text compared."""

import io
import zipfile

import pytest
from openpyxl import load_workbook
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont

from forecaster.readers import preview

HEAD = [["Defence budget, EUR million"], [], ["State", 2024, 2025, 2026]]


@pytest.fixture
def told(root):
    """Errors and warnings of a file, as a user reads them."""

    def apply(path, case=None):
        found = preview.answer(path, root / "inputs", case)
        return [problem.line for problem in found.problems.errors], list(found.problems.warnings)

    return apply


@pytest.fixture
def figures(root):
    """(state, year) -> value of all figures of a file."""

    def apply(path, case=None):
        found = preview.answer(path, root / "inputs", case)
        assert found.understanding is not None
        return {
            (one.code, int(one.item)): one.value
            for block in found.understanding.blocks
            for one in block.figures
        }

    return apply


@pytest.fixture
def mapped(tmp_path):
    """A case folder whose assumptions hold one `[sources.XX]`."""

    def apply(text):
        (tmp_path / "case").mkdir()
        (tmp_path / "case" / "assumptions.toml").write_text(text, encoding="utf-8")
        return tmp_path / "case"

    return apply


@pytest.fixture(autouse=True)
def states_of_a_case(monkeypatch, root):
    """Cases of these tests hold a mapping only; their states are those of the bundled inputs."""
    names = preview.names_of
    monkeypatch.setattr(preview, "names_of", lambda _: names(root / "inputs"))


def formulas(path, cells, values):
    """Put formulas into a workbook with stored values, as Excel does; None stores none."""
    book = load_workbook(path)
    for address, formula in cells.items():
        book.active[address] = formula
    book.save(path)
    content = {}
    with zipfile.ZipFile(path) as archive:
        content = {name: archive.read(name) for name in archive.namelist()}
    name = "xl/worksheets/sheet1.xml"
    for address, formula in cells.items():
        old = f'<c r="{address}"><f>{formula[1:]}</f><v /></c>'.encode()
        kind, value = values[address]
        stored = "" if value is None else f"<v>{value}</v>"
        new = f'<c r="{address}" t="{kind}"><f>{formula[1:]}</f>{stored}</c>'
        assert old in content[name], content[name]
        content[name] = content[name].replace(old, new.encode())
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for part, data in content.items():
            archive.writestr(part, data)


def test_encrypted(tmp_path, told):
    path = tmp_path / "AT_budget.xlsx"
    path.write_bytes(
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le")
    )
    assert told(path)[0] == [
        (
            "AT_budget.xlsx is protected by a password. Save a copy without it "
            "(File > Info > Protect Workbook), or pass --password-file."
        )
    ]


def test_html_as_xls(tmp_path, told):
    path = tmp_path / "HU.xls"
    path.write_text("<html><body><table><tr><td>2024</td></tr></table></body></html>", encoding="utf-8")
    assert told(path)[0] == [
        "HU.xls is a web page saved with the ending .xls. Open it in Excel and save as .xlsx."
    ]


@pytest.mark.parametrize(
    ("shown", "errors"), [('0.0" Mrd. €"', 1), ('#,##0.0" Mio. €"', 0), ('0.0" €"', 0), ('0" Tsd."', 1)]
)
def test_a_number_format_that_shows_another_scale_is_a_question(told, workbook, shown, errors):
    """A table in millions with a row shown as 1.5 Mrd. € had been read in millions in silence."""
    path = workbook([["Mio. EUR"], ["Staat", 2024, 2025, 2026], ["Austria", 1.5, 2.5, 3.5]])
    book = load_workbook(path)
    book.active["C3"].number_format = shown
    book.save(path)
    said = shown.split('"')[1].strip()
    text = f"the number format shows {said!r}, the figures are read in EUR million."
    assert told(path)[0] == [f"AT.xlsx, Budget!C3: {text} Correct one of them."] * errors


def test_raised_digits_are_footnotes(figures, workbook):
    """'62,4' with a raised 1 had been 62.41."""
    raised = TextBlock(InlineFont(vertAlign="superscript"), "1")
    years = [2024, 2025, CellRichText("2026", raised)]
    bold = CellRichText("7", TextBlock(InlineFont(b=True), "1"))
    row = ["Austria", CellRichText("62,4", raised), "5,25", bold]
    found = figures(workbook([["EUR million"], ["State", *years], row]))
    assert found == {("AT", 2024): 62.4, ("AT", 2025): 5.25, ("AT", 2026): 71.0}


@pytest.mark.parametrize(
    "text", ['"Budget\nof defence"\n{}', '{}"Source: Ministry of Finance;\nmillion euro; 2026;\nown sums"\n']
)
def test_a_text_of_several_lines_in_one_cell_is_read(tmp_path, figures, text):
    """Taken for a line saved as one quoted cell, it had been called no table of text."""
    path = tmp_path / "AT.csv"
    table = "EUR million;;;\nState;2024;2025;2026\nAustria;1;2;3\n"
    path.write_text(text.format(table), encoding="utf-8")
    assert figures(path) == {("AT", 2024): 1.0, ("AT", 2025): 2.0, ("AT", 2026): 3.0}


def test_truncated(told, workbook):
    whole = workbook([["State", *range(1990, 2027)], *[["Austria", *range(1000, 1037)]] * 60], "BE.xlsx")
    whole.write_bytes(whole.read_bytes()[:3000])
    assert told(whole)[0] == ["BE.xlsx is not a complete Excel file (3,000 bytes). Copy it again."]


def test_too_big(tmp_path, told):
    path = tmp_path / "PL.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(6):
            archive.writestr(f"xl/worksheets/sheet{number}.xml", b"\0" * 100_000_000)
    assert told(path)[0] == [
        "PL.xlsx unpacks to 600 MB (limit 300 MB). It may be damaged or hostile; not opened."
    ]


def test_far_cell(told, workbook):
    path = workbook([*HEAD, ["Poland", 1, 2, 3]], "PL.xlsx")
    book = load_workbook(path)
    book.active["XFD1048576"] = 1
    book.save(path)
    assert told(path)[0] == [
        (
            "PL.xlsx, sheet Budget: used area reaches XFD1048576. "
            "Delete the stray cell (Ctrl+End shows it) and save."
        )
    ]


def test_no_stored_result(told, workbook):
    rows = [["Budget, EUR million"], [], ["", 2024, 2025, 2026], ["Germany", 1, 2, 3], [], [], ["Austria"]]
    path = workbook(rows, "DE.xlsx")
    formulas(path, {"C7": "=C4+1"}, {"C7": ("n", None)})
    assert told(path)[0] == [
        "DE.xlsx, Budget!C7: formula =C4+1 has no stored result. Open the file in Excel, save it, run again."
    ]


def test_error_cell(told, workbook):
    path = workbook([*HEAD, ["Germany", 1, 2, 3], [], [], ["Austria", 1, 2, None]], "DE.xlsx")
    formulas(path, {"D7": "=C4/0"}, {"D7": ("e", "#DIV/0!")})
    assert told(path)[0] == [
        "DE.xlsx, Budget!D7: cell shows #DIV/0! (formula =C4/0). Correct it or enter ':' for missing."
    ]


def test_external_link(told, figures, workbook):
    rows = [["EUR million"], ["State", 2023, 2024, 2025, 2026], *[[]] * 4, ["Germany", 4, 5, 6, 7]]
    path = workbook(rows, "DE.xlsx")
    formulas(path, {"E7": "=[1]Sheet1!A1"}, {"E7": ("n", 7)})
    errors, warnings = told(path)
    assert errors == []
    assert warnings == [
        (
            "DE.xlsx, Budget!E7: value comes from another workbook. Stored value 7 used; "
            "its freshness cannot be checked."
        )
    ]
    assert figures(path)["DE", 2026] == 7.0


def test_ambiguous(told, workbook):
    path = workbook(
        [["EUR million"], [], ["State", 2024, 2025, 2026], ["Austria", 1.5, 2.5, "1.234"]], "AT.xlsx"
    )
    assert told(path)[0] == [
        'AT.xlsx, Budget!D4: \'1.234\' may mean 1,234 or 1.234. Set decimal = "," or "." under [sources.AT].'
    ]


def test_a_decimal_that_was_set_settles_it(figures, mapped, workbook):
    path = workbook(
        [["EUR million"], [], ["State", 2024, 2025, 2026], ["Austria", 1.5, 2.5, "1.234"]], "AT.xlsx"
    )
    case = mapped('[sources.AT]\nfile = "AT.xlsx"\ndecimal = ","\n')
    assert figures(path, case)["AT", 2026] == 1234.0


def test_mixed(told, workbook):
    rows = [["Austria", 1, 2, "1,234.5"], ["Belgium", 1, 2, 3], ["Greece", 1, 2, 3], ["Spain", 1, 2, 3]]
    path = workbook([*HEAD, *rows, ["Italy", 1, 2, 3], ["Malta", 1, 2, "1.234,5"]], "AT.xlsx")
    assert told(path)[0] == ["AT.xlsx, column D mixes 1,234.5 (D4) and 1.234,5 (D9)."]


def test_no_unit(told, workbook):
    path = workbook(
        [["Budget"], [], ["", 2022, 2023, 2024, 2025, 2026], ["Defence", 1, 2, 3, 4, 5]], "FR.xlsx"
    )
    advice = 'Set unit = "EUR million" under [sources.FR].'
    assert told(path)[0] == [f"FR.xlsx: no unit found near the table (looked in Budget!A1:F3). {advice}"]


def test_not_a_number(told, workbook):
    rows = [["EUR million"], ["", 2022, 2023, 2024, 2025, 2026], [], [], [], ["Italy", 1, 2, 3, 4, "abc"]]
    assert told(workbook(rows, "IT.xlsx"))[0] == [
        "IT.xlsx, Budget!F6: 'abc' is not a number. Missing values may be n/a, :, .. or empty."
    ]


def test_no_header(told, workbook):
    path = workbook([["x"], [], ["An", "Buget"], [1, 2]], "RO.xlsx")
    expected = (
        "RO.xlsx, row 3: no row with three years found. Headings read: 'An', 'Buget'. "
        "Years must stand in one row or one column; "
        "header_row under [sources.RO] names a row of fewer than three."
    )
    assert told(path)[0] == [expected]


def test_gap(case, read, change):
    change("gdp", "AT,100", "AT,")
    assert read(case)[1] == ["gdp.csv, AT: 2014 is missing (2014-2030 needed)."]


def test_double(told, workbook):
    rows = [["Sweden", 1, 2, 3], *[[name, 1, 2, 3] for name in ("Spain", "Italy")]]
    path = workbook(
        [*[[]] * 4, ["EUR million"], [], HEAD[2], *rows, *[[]] * 8, ["Sweden", 1, 2, 4]], "SE.xlsx"
    )
    assert told(path)[0] == ["SE.xlsx, Budget: SE appears in rows 8 and 19 with different figures."]


def test_unknown_state(told, workbook):
    names = [
        "Austria",
        "Belgium",
        "Spain",
        "Italy",
        "Malta",
        "Sweden",
        "Poland",
        "Latvia",
        "Cyprus",
        "Ireland",
    ]
    path = workbook([*HEAD, *[[name, 1, 2, 3] for name in names], ["Grece", 1, 2, 3]], "budget.xlsx")
    assert told(path)[0] == [
        "budget.xlsx, Budget, Row 14: 'Grece' is not a member state. Did you mean Greece (EL)?"
    ]


@pytest.mark.parametrize(("hidden", "shown"), [(999, "999.0"), ("1.234,5", "1.234,5"), ("(45) p", "(45) p")])
def test_hidden(told, figures, workbook, hidden, shown):
    rows = [[name, 1, 2, 3] for name in ("Austria", "Italy", "Spain", "Malta")]
    path = workbook([*HEAD, *rows, ["Sweden", hidden, 2, 3]])
    book = load_workbook(path)
    book.active.row_dimensions[8].hidden = True
    book.save(path)
    errors, warnings = told(path)
    assert errors == []
    assert warnings == [
        f"AT.xlsx, Budget: Row 8 is hidden and was left out ({shown}). Use include_hidden = true to read it."
    ]
    assert ("SE", 2024) not in figures(path)


def test_hidden_is_read_where_it_is_asked_for(figures, mapped, workbook):
    path = workbook([*HEAD, ["Austria", 1, 2, 3], ["Italy", 1, 2, 3], ["Sweden", 999, 2, 3]])
    book = load_workbook(path)
    book.active.row_dimensions[6].hidden = True
    book.active.column_dimensions["C"].hidden = True
    book.save(path)
    found = figures(path, mapped('[sources.AT]\nfile = "AT.xlsx"\ninclude_hidden = true\n'))
    assert found["SE", 2024] == 999.0
    assert found["AT", 2025] == 2.0


def test_total(told, workbook):
    rows = [["Austria", 4000.5, 1, 1], ["Italy", 600, 1, 1], ["Malta", 101, 1, 1], *[["Spain", 0, 0, 0]]]
    path = workbook([["EUR million"], HEAD[2], *rows, [], [], [], ["EU-27", 5000, 3, 3]], "budget.xlsx")
    book = load_workbook(path)
    book.active.insert_cols(2)
    for row in range(1, 12):
        book.active.cell(row, 2, "x" if row > 2 else None)
    book.save(path)
    assert told(path)[0] == [
        "budget.xlsx, Budget: EU-27 total 5,000.0 in C10 differs from the sum of states 4,701.5 by 298.5."
    ]


def test_size_jump(told, workbook):
    path = workbook([*HEAD, ["Luxembourg", 500, 600, 600_000], ["Malta", 1, 2, 3]], "budget.xlsx")
    assert told(path)[1] == ["budget.xlsx, Budget: LU 2026 is 1,000 times LU 2025: unit mixed up?"]


def test_a_unit_that_was_set_and_another_on_the_sheet(told, mapped, workbook):
    path = workbook([*HEAD, ["Austria", 1, 2, 3]], "AT.xlsx")
    case = mapped('[sources.AT]\nfile = "AT.xlsx"\nunit = "EUR billion"\n')
    assert told(path, case)[0] == [
        "AT.xlsx, Budget!A1: the sheet says EUR million, [sources.AT] says EUR billion. Correct one of them."
    ]


def test_a_year_in_two_asks_for_its_start(told, figures, mapped, workbook):
    rows = [["EUR million"], ["State", "2022/23", "2023/24", "2024/25"], ["Ireland", 1, 2, 3]]
    path = workbook(rows, "IE.xlsx")
    assert told(path)[0][0] == (
        "IE.xlsx, Budget!B2: '2022/23' lies in two calendar years. "
        "Set fiscal_year_start = the month it begins in under [sources.IE]."
    )
    case = mapped('[sources.IE]\nfile = "IE.xlsx"\nfiscal_year_start = 4\n')
    assert figures(path, case) == {("IE", 2022): 1.0, ("IE", 2023): 2.0, ("IE", 2024): 3.0}


def test_old_formats_are_refused_with_advice_where_their_package_is_absent(tmp_path, told, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "xlrd", None)
    monkeypatch.setitem(__import__("sys").modules, "python_calamine", None)
    old = tmp_path / "HU.xls"
    old.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600)
    assert told(old)[0] == [
        "HU.xls is an old Excel file (.xls). Open it in Excel and save as .xlsx, or install: pip install xlrd"
    ]
    (tmp_path / "AT.xlsx").write_bytes(old.read_bytes())
    assert told(tmp_path / "AT.xlsx")[0][0].startswith("AT.xlsx should end in .xls: it is an old Excel file")
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("content.xml", "<x/>")
    (tmp_path / "HU.ods").write_bytes(content.getvalue())
    assert told(tmp_path / "HU.ods")[0] == [
        "HU.ods is an OpenDocument file. Save it as .xlsx, or install: pip install python-calamine"
    ]


def test_a_number_format_that_shows_thousands_is_told(told, figures, workbook):
    path = workbook([["EUR"], HEAD[2], ["Austria", 1_500_000, 2_000_000, 3_000_000]], "AT.xlsx")
    book = load_workbook(path)
    book.active["B3"].number_format = "#,##0,"
    book.save(path)
    assert told(path)[1] == [
        "AT.xlsx, Budget!B3: the number format shows thousands; the stored value 1500000 is what counts."
    ]
    assert figures(path)["AT", 2024] == 1.5


def test_several_problems_come_together_grouped_by_file(told, workbook):
    path = workbook([*HEAD, ["Austria", "abc", 2, "x y"], ["Grece", 1, 2, 3], ["Malta", 1, 2, 3]])
    assert len(told(path)[0]) == 3


def test_no_workbook_named(told, mapped, workbook):
    path = workbook([*HEAD, ["Austria", 1, 2, 3]])
    case = mapped('[sources.AT]\nfile = "AT.xlsx"\nsheet = "Budgett"\n')
    assert told(path, case)[0] == ["AT.xlsx: no sheet 'Budgett'. Did you mean Budget? Sheets: Budget."]


def test_unreadable_source(told, mapped, workbook):
    path = workbook([*HEAD, ["Austria", 1, 2, 3]])
    case = mapped('[sources.AT]\nfile = "AT.xlsx"\nshet = "Budget"\n')
    assert told(path, case)[0] == [
        "assumptions.toml, line 3, sources.AT.shet: unknown key. Did you mean sheet?"
    ]


def test_a_file_that_no_source_names(told, mapped, workbook):
    """A slip in its name: what [sources] says does not count."""
    path = workbook([*HEAD, ["Austria", 1, 2, 3]])
    case = mapped('[sources.AT]\nfile = "AT_2027.xlsx"\nunit = "EUR thousand"\n')
    read = "so the file is read as it stands. [sources.AT] names AT_2027.xlsx, which is not in case."
    line = f"assumptions.toml, sources: no table [sources.XX] has file = 'AT.xlsx', {read}"
    assert told(path, case) == ([], [line])


def test_a_folder_that_is_no_case(told, tmp_path, workbook):
    path = workbook([*HEAD, ["Austria", 1, 2, 3]])
    assert told(path, tmp_path)[0] == [
        "assumptions.toml: not found. `forecaster init` writes a complete set of files to copy it from."
    ]
