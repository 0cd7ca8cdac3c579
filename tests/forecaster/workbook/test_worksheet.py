"""Cells that become XML when they are put are what XlsxWriter writes at the end."""

import io
import re
import zipfile

import pytest
import xlsxwriter

from forecaster.report.sheet import Formula, formula
from forecaster.workbook.worksheet import QuickSheet, formula_xml

NUMBERS = (0.0, -1.5, 1e-300, 123456789.123456789, 2.0**53, 1e22, 1 / 3)


def written(fill, kind=None):
    """XML of a sheet, without the spans, and of the texts."""
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as file:
        fill(
            file.add_worksheet("Data", kind),
            file.add_format({"bold": True}),
            file.add_format({"italic": True}),
        )
    with zipfile.ZipFile(stream) as archive:
        sheet, texts = (archive.read(f"xl/{part}.xml") for part in ("worksheets/sheet1", "sharedStrings"))
    return re.sub(r' spans="[\d:]+"', "", sheet.decode()), texts.decode()


def by_the_writer(sheet, bold, italic):
    for column, number in enumerate(NUMBERS):
        sheet.write_number(3, column, number, bold)
    sheet.write_string(3, 8, "a & b < c", bold)
    sheet.write_blank(3, 9, None, bold)
    sheet.write_number(3, 29, 7.0, italic)
    sheet.write_formula(5, 0, '=IF(A4=0,"",1)', bold, 1.0)
    sheet.write_formula(5, 1, "=A4+B4", bold, -1.5)
    sheet.write_formula(5, 2, '=IF(A4<B4,"less & less","more")', italic, "less & less")
    sheet.set_row(7, 40.0)
    sheet.set_row(8, 40.0)
    sheet.write_string(8, 0, "a & b < c", italic)
    sheet.write_url(9, 0, "internal:'Data'!A1", italic, "there")


def at_once(sheet, bold, italic):
    sheet.reserve(3, 30)
    for column, number in enumerate(NUMBERS):
        sheet.put_number(3, column, number, bold)
    sheet.put_text(3, 8, "a & b < c", bold)
    sheet.put_text(3, 9, "", bold)
    sheet.put_number(3, 29, 7.0, italic)
    sheet.put_formula(5, 0, '=IF(A4=0,"",1)', bold, 1.0)
    sheet.put_formula(5, 1, "=A4+B4", bold, -1.5)
    sheet.put_formula(5, 2, '=IF(A4<B4,"less & less","more")', italic, "less & less")
    sheet.set_row(7, 40.0)
    sheet.set_row(8, 40.0)
    sheet.put_text(8, 0, "a & b < c", italic)
    sheet.write_url(9, 0, "internal:'Data'!A1", italic, "there")


def test_cells_are_the_writers_own():
    slow = written(by_the_writer)
    assert written(at_once, QuickSheet) == slow
    assert slow[0].count("<c ") == 15


@pytest.mark.parametrize("blanks", [True, False])
def test_a_row_filled_in_is_the_same_as_cell_by_cell(blanks):
    five = formula("2+3", value=5.0)

    def singly(sheet, bold, italic):
        sheet.reserve(4, 6)
        sheet.put_number(4, 0, 1 / 3, bold)
        sheet.put_number(4, 1, 2027, italic)
        sheet.put_text(4, 2, "100 % {row}", bold)
        if blanks:
            sheet.put_text(4, 3, "", italic)
        sheet.put_text(4, 4, "", bold)
        sheet.put_formula(4, 5, "=2+3", italic, five.value)

    def whole(sheet, bold, italic):
        kinds = (float, int, str, type(None), str, Formula)
        pattern = sheet.pattern(kinds, (bold, italic) * 3, blanks=blanks)
        sheet.reserve(4, 6)
        texts = (sheet.text_xml("100 % {row}"), sheet.text_xml(""))
        sheet.put_row(4, pattern, (1 / 3, 2027, *texts, formula_xml("=2+3", five.value)))

    assert written(whole, QuickSheet) == written(singly, QuickSheet)


def test_zero_has_no_sign():
    assert formula_xml("=-A1", -0.0).endswith("<v>0</v></c>")
    assert formula_xml("=-A1", -0.5).endswith("<v>-0.5</v></c>")


def test_a_formula_that_shows_nothing_has_an_empty_text():
    assert formula_xml('=IF(A1=0,"",1)', "") == ' t="str"><f>IF(A1=0,"",1)</f><v></v></c>'


def test_a_row_off_the_sheet_is_told():
    with xlsxwriter.Workbook(io.BytesIO()) as file:
        sheet = file.add_worksheet("Data", QuickSheet)
        sheet.reserve(1_048_575, 16_384)
        with pytest.raises(RuntimeError, match="Data, row 1048577: could not be written"):
            sheet.reserve(1_048_576, 1)
