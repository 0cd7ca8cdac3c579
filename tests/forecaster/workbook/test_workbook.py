import gc
import io
import re
import sys
import tempfile
import zipfile
from dataclasses import replace
from datetime import datetime
from types import SimpleNamespace
from xml.dom import minidom

import openpyxl
import pytest
import xlsxwriter

from forecaster import workbook
from forecaster.errors import OutputNotWritable
from forecaster.readers.files.spreadsheets import is_report
from forecaster.report.fans import Fan, Line
from forecaster.report.sheet import (
    Cells,
    Choice,
    Column,
    Light,
    Link,
    Notes,
    Row,
    Series,
    Sheet,
    Table,
    formula,
)
from forecaster.workbook import Book, created, rendered
from forecaster.workbook.text import clean, pieces
from forecaster.workbook.worksheet import QuickSheet

HOSTILE = ["=cmd|'/c calc'!A0", "+1+1", "@SUM(1)", "-2", "http://example.org", "0012", "{=A1}", "_x0041_"]
TEXTS, NUMBERS = 8, 9
"""First row of a table of texts, of numbers: under titles and units, and the kinds of numbers."""

MASTER = Cells("Cover", "master").at("all", "result")


def cover(word="PASS"):
    result = formula('IF(1=1,"PASS","FAIL")', value=word)
    columns = (Column("name", "name"), Column("result", "result", role="check"))
    table = Table(
        "master", "Master", columns, (Row("all", ("all", result)),), lights=(Light("words", ("result",)),)
    )
    return Sheet("Cover", "Cover", "Does it hold?", (table,))


def written(*sheets, word="PASS", title="R&D programme"):
    book = Book(title, "0123456789ab", datetime.fromisoformat("2026-01-02"), MASTER)
    return rendered((cover(word), *sheets), book)


def opened(content, **options):
    return openpyxl.load_workbook(io.BytesIO(content), **options)


def test_what_is_written_is_known_as_a_report_also_when_it_was_saved_elsewhere(tmp_path):
    (tmp_path / "report.xlsx").write_bytes(written())
    opened(written()).save(tmp_path / "saved.xlsx")
    assert is_report(tmp_path / "report.xlsx")
    assert is_report(tmp_path / "saved.xlsx")


def part(content, name):
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return archive.read(name).decode()


def column_of(*cells, unit="EUR m", role="input", **options):
    columns = (Column("a", "a", unit, role, **options),)
    rows = tuple(Row(i, (cell,)) for i, cell in enumerate(cells))
    return Sheet("Data", "Data", "What?", (Table("t", "T", columns, rows),))


@pytest.mark.parametrize("held", ["gone", "file"])
def test_a_temporary_folder_that_cannot_be_used_is_told(tmp_path, monkeypatch, held):
    (tmp_path / "file").write_text("")
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / held))
    with pytest.raises(OutputNotWritable, match=rf"{held}: the parts of the workbook .* TMPDIR"):
        written()


def test_parts_that_cannot_be_written_are_told_and_not_left(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(tempfile, "mkstemp", lambda **_: (_ for _ in ()).throw(OSError(28, "No space left")))
    with pytest.raises(OutputNotWritable, match="No space left"):
        written()
    assert list(tmp_path.iterdir()) == []
    gc.collect()  # the end of the archive that was begun is an error where it is not quiet


def test_on_windows_a_part_that_a_scanner_holds_does_not_end_a_run(monkeypatch):
    def held(path):
        raise PermissionError(13, "used by another process", path)

    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setattr(xlsxwriter.workbook.os, "remove", held)
    assert opened(written(column_of("text")))["Data"].cell(TEXTS, 1).value == "text"


def test_text_is_written_as_text():
    sheet = opened(written(column_of(*HOSTILE)))["Data"]
    cells = [cell for (cell,) in sheet.iter_rows(min_row=TEXTS, max_row=TEXTS + len(HOSTILE) - 1, max_col=1)]
    assert [cell.value for cell in cells] == HOSTILE
    assert {cell.data_type for cell in cells} == {"s"}
    assert [bool(cell.quotePrefix) for cell in cells] == [text[0] in "=+-@" for text in HOSTILE]
    assert all(cell.hyperlink is None for cell in cells)


def test_control_characters_become_visible():
    assert clean("a\x00b\x07\x1b\x7f\ud800\uffff\r\nc\td\re") == "a␀b␇␛␡\ufffd\ufffd\nc\td␍e"
    sheet = opened(written(column_of("bell \x07 here")))["Data"]
    assert sheet.cell(TEXTS, 1).value == "bell ␇ here"


def test_no_text_of_a_case_breaks_the_xml():
    """A single control character in a part, and Excel calls the workbook damaged."""
    text, shown = "bell \x07 & <here>", "bell \u2407 & <here>"
    link = formula("{0}", Cells("Data", "names").at(0, "name"), value=text)
    names = Table("names", text, (Column("name", "name"),), (Row(0, (text,)), Row(1, (link,))))
    fan = Fan(Cells("Data", "fan"), text, (text, text), "EUR m", (2026, 2027), ((1.0, 2.0),) * 7, text)
    both = Cells("Data", "names").down("name", 0, 1)
    bars = replace(fan.chart, years=both, bands=(), lines=(), bars=(Series(text, both, "line"),))
    content = written(Sheet("Data", text, text, (names, fan.table, fan.chart, bars)), title=text)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = [archive.read(name).decode() for name in archive.namelist()]
    for xml in parts:
        minidom.parseString(xml)  # raises where a part is no XML
    held = sum("bell \u2407 &amp; &lt;here&gt;" in xml for xml in parts)
    assert held == 6  # sheet, texts, two charts, their descriptions, properties
    assert opened(content, data_only=True)["Data"]["A8"].value == shown


def test_a_text_too_long_for_a_cell_goes_on_beside_it():
    text = "".join(chr(0x1F600 + i % 26) for i in range(40_000))  # Excel counts each of these as two
    sheet = opened(written(column_of(text)))["Data"]
    parts = [sheet.cell(TEXTS, column).value for column in (1, 2, 3)]
    assert all(len(part.encode("utf-16-le")) // 2 <= 32_767 for part in parts)
    mark = " [goes on to the right]"
    assert all(part.endswith(mark) for part in parts[:2])
    assert "".join(part.removesuffix(mark) for part in parts) == text
    assert pieces("") == [""]


def test_missing_numbers_are_blank():
    sheet = opened(written(column_of(1.5, float("nan"), None, 0.0)))["Data"]
    assert [cell.value for (cell,) in sheet.iter_rows(min_row=NUMBERS, max_row=NUMBERS + 3, max_col=1)] == [
        1.5,
        None,
        None,
        0,
    ]


def test_a_formula_carries_its_value():
    at = Cells("Data", "t").at
    content = written(column_of(2.0, formula("100*{0}", at(0, "a"), value=200.0)))
    assert opened(content)["Data"]["A10"].value == "=100*A9"
    assert opened(content, data_only=True)["Data"]["A10"].value == 200.0


def test_a_number_too_small_to_show_has_no_sign():
    """Sheet Calls had shown -0.0 for less than EUR 50,000."""
    cells = -0.04, -0.06, 0.0, 0.04, formula("-{0}", Cells("Data", "t").at(3, "a"), value=-0.04)
    sheet = opened(written(column_of(*cells)))["Data"]
    places = (str(area.sqref) for area in sheet.conditional_formatting)
    assert [*places][1:] == [f"A{NUMBERS}", f"A{NUMBERS + 4}"]  # the first is that of the controls
    for place in (f"A{NUMBERS}", f"A{NUMBERS + 4}"):
        (rule,) = sheet.conditional_formatting[place]
        assert (rule.operator, rule.formula) == ("greaterThan", ["-0.05"])
        assert rule.dxf.numFmt.formatCode == "#,##0.0;#,##0.0;0"


def test_where_a_reader_chooses_any_formula_may_become_too_small_to_show():
    sheet = column_of(1.0, formula("{0}", Cells("Data", "t").at(0, "a"), value=1.0))
    options = Cells("Data", "t").down("a", 0, 0)
    (table,) = sheet.tables
    chosen = replace(sheet, blocks=(replace(table, choices=(Choice(0, "a", options, "One"),)),))
    areas = opened(written(chosen))["Data"].conditional_formatting
    assert f"A{NUMBERS + 1}" in {str(area.sqref) for area in areas}


def test_a_refused_cell_is_an_error(monkeypatch):
    def refused(sheet, row, *_, **__):
        return -(sheet.name == "Data" and row == NUMBERS - 1)

    monkeypatch.setattr(QuickSheet, "_check_dimensions", refused)
    with pytest.raises(RuntimeError, match="Data, row 9: could not be written"):
        written(column_of(1.0))


@pytest.mark.parametrize("word", ["PASS", "FAIL"])
def test_each_sheet_says_whether_it_holds(word):
    content = written(column_of(1.0), word=word)
    for name in ("Cover", "Data"):
        assert opened(content, data_only=True)[name]["A3"].value == f"Master check: {word}, run 0123456789ab"
    assert "Cover!$B$7" in opened(content)["Data"]["A3"].value


def test_sheets_lead_back_to_the_first():
    book = opened(written(column_of(Link("see Cover", "Cover"), role="text")))
    assert book["Cover"]["A4"].value is None
    assert book["Data"]["A4"].hyperlink.location == "'Cover'!A1"
    assert book["Data"].cell(TEXTS, 1).hyperlink.location == "'Cover'!A1"


def test_how_it_prints():
    sheet = opened(written(column_of(1.0)))["Data"]
    assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
    assert (sheet.page_setup.fitToWidth or 1, sheet.page_setup.fitToHeight) == (1, 0)
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert sheet.oddHeader.left.text == "R&&D programme"
    assert "0123456789ab" in sheet.oddHeader.right.text
    assert sheet.oddFooter.right.text == "Page &P of &N"
    assert sheet.print_title_rows == "$6:$8"
    assert sheet.freeze_panes == f"B{NUMBERS}"


def test_a_table_without_a_title_starts_with_its_notes():
    table = Table("t", "", (Column("a", "a"),), (Row(0, ("x",)),), notes=("A note.",))
    sheet = opened(written(Sheet("Data", "Data", "What?", (table,))))["Data"]
    assert [cell.value for (cell,) in sheet.iter_rows(min_row=5, max_col=1)] == ["A note.", "a", "x"]


def test_a_long_title_leaves_room_for_the_rest_of_the_margin():
    content = written(column_of(1.0), title="R&D\x01 and\nmore " * 20)
    head = opened(content)["Data"].oddHeader
    assert head.left.text == "R&&D\u2401 and more " * 4 + "R..."
    assert (head.center.text, head.right.text) == ("Data", "Run 0123456789ab")
    assert opened(content).properties.title.startswith("R&D\u2401 and\nmore R&D")


def test_a_long_text_makes_its_row_high():
    sheet = opened(written(column_of("word " * 60, "short", unit="", width=20, wrap=True)))["Data"]
    assert sheet.row_dimensions[7].height > 150
    assert sheet.row_dimensions[8].height is None


def test_a_chart_says_what_it_shows():
    fan = Fan(
        cells=Cells("Data", "fan"),
        title="Payments",
        heads=("EU", "all"),
        unit="EUR m",
        years=(2026, 2027),
        percentiles=tuple((float(i), 2.0 * i) for i in range(1, 8)),
        description="Fan of payments by year.",
        lines=(Line("limit", "red", (5.0, 5.0)),),
    )
    content = written(Sheet("Data", "Data", "What?", (fan.table, fan.chart)))
    assert 'descr="Fan of payments by year."' in part(content, "xl/drawings/drawing1.xml")
    chart = part(content, "xl/charts/chart1.xml")
    assert chart.count("<c:ser>") == 7 + 2
    assert chart.count("<c:legendEntry>") == 4
    kept = re.findall(r"<c:(?:cat|val)>.*?</c:numCache></c:numRef>", chart)
    assert [re.findall(r"<c:v>(.*?)</c:v>", cache) for cache in kept] == [
        points
        for values in (["1", "2"], *[["1.0", "2.0"]] * 6, ["4", "8"], ["5", "5"])
        for points in (["2026", "2027"], values)
    ]
    values = opened(content, data_only=True)["Data"]
    bands = [row for row in values.iter_rows(values_only=True) if row[2] == "P90 to P95"]
    assert bands == [("EU", "all", "P90 to P95", "EUR m", 1.0, 2.0)]


def test_a_chart_keeps_a_zero_that_a_formula_shows():
    """A point without a value is a gap in what previews draw."""
    fan = Fan(Cells("Data", "fan"), "T", ("EU", "all"), "EUR m", (2026, 2027), ((1.0, 1.0),) * 7, "Fan.")
    chart = part(written(Sheet("Data", "Data", "What?", (fan.table, fan.chart))), "xl/charts/chart1.xml")
    base, band, *_ = re.findall("<c:val>.*?</c:val>", chart)
    assert [re.findall("<c:v>(.*?)</c:v>", one) for one in (base, band)] == [["1", "1"], ["0.0", "0.0"]]


def test_a_fan_over_one_year_is_a_column_with_marks():
    """An area over a single year is drawn by no program."""
    fan = Fan(Cells("Data", "fan"), "One year", ("NO", "Nordmark"), "EUR m", (2026,), ((1.0,),) * 7, "d")
    chart = part(written(Sheet("Data", "Data", "What?", (fan.table, fan.chart))), "xl/charts/chart1.xml")
    assert "<c:areaChart>" not in chart
    assert '<c:grouping val="stacked"/>' in chart
    assert '<c:symbol val="circle"/>' in chart


def test_lines_alone_make_a_chart():
    fan = Fan(Cells("Data", "fan"), "T", ("EU", "all"), "EUR m", (2026,), ((1.0,),) * 7, "Lines.")
    chart = Sheet("Data", "Data", "What?", (fan.table, replace(fan.chart, bands=())))
    assert "<c:areaChart>" not in part(written(chart), "xl/charts/chart1.xml")


def test_an_axis_shows_fractions_of_a_million():
    """Calls of EUR 0.1 to 0.4 m stood beside an axis of 0, 0 and 0."""
    fan = Fan(Cells("Data", "fan"), "T", ("SI", "all"), "EUR m", (2026, 2027), ((0.1, 0.4),) * 7, "Lines.")
    chart = part(written(Sheet("Data", "Data", "What?", (fan.table, fan.chart))), "xl/charts/chart1.xml")
    (axis,) = re.findall("<c:valAx>.*?</c:valAx>", chart)
    assert 'formatCode="[&lt;1000]General;#,##0" sourceLinked="0"' in axis


def test_a_fall_is_hatched_and_a_rise_is_not():
    """In grey both are of one colour."""
    fan = Fan(Cells("Data", "fan"), "T", ("EU", "all"), "EUR m", (2026,), ((1.0,),) * 7, "Steps.")
    band = fan.chart.bands[-1]
    bands = (replace(band, look="rise"), replace(band, look="fall"))
    sheet = Sheet("Data", "Data", "What?", (fan.table, replace(fan.chart, bands=bands, lines=())))
    rise, fall = re.findall("<c:ser>.*?</c:ser>", part(written(sheet), "xl/charts/chart1.xml"))
    assert '<a:pattFill prst="wdUpDiag">' in fall
    assert "<a:pattFill" not in rise


def test_notes_run_across_the_page():
    notes = Notes("Answers", ("word " * 40,), strong=True)
    sheet = opened(written(Sheet("Data", "Data", "What?", (notes,))))["Data"]
    assert sheet["A5"].value == "Answers"
    assert len(sheet["A6"].value) <= 110
    assert sheet["A7"].value


def test_no_hidden_sheet_no_macro_no_link_outside():
    content = written(column_of(*HOSTILE))
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = archive.namelist()
    assert not [name for name in names if re.search("vba|externalLink|macro", name)]
    assert {sheet.sheet_state for sheet in opened(content).worksheets} == {"visible"}


def test_the_date_is_that_of_the_case(monkeypatch):
    assert created("2026-11-22") == datetime.fromisoformat("2026-11-22")
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "86400")
    assert created("2026-11-22") == datetime.fromisoformat("1970-01-02")


def test_same_sheets_same_bytes():
    first, second = written(column_of(1.0, "x")), written(column_of(1.0, "x"))
    assert first == second
    properties = part(first, "docProps/core.xml")
    assert properties.count("2026-01-02T00:00:00Z") == 2


def test_what_is_not_printed_is_left_out():
    columns = (Column("a", "a", "EUR m", "input"),)
    rows = tuple(Row(i, (float(i),)) for i in range(5))
    for prints, area in ((2, "'Data'!$A$1:$A$10"), (9, "'Data'!$A$1:$A$13")):
        table = Table("t", "T", columns, rows, prints=prints)
        sheet = opened(written(Sheet("Data", "Data", "What?", (table,))))["Data"]
        assert sheet.print_area == area


def test_the_collector_is_as_it_was(monkeypatch):
    monkeypatch.setattr(workbook, "report", lambda _: seen.append(gc.isenabled()) or ())
    monkeypatch.setattr(workbook, "rendered", lambda *_: b"")
    run = SimpleNamespace(
        case=SimpleNamespace(programme=SimpleNamespace(name="n")),
        run_id="r",
        settings=SimpleNamespace(as_of="2026-01-01"),
        statistics=SimpleNamespace(tallies={}),
    )
    seen = []
    assert workbook.content(run) == b""
    assert (seen, gc.isenabled()) == ([False], True)
