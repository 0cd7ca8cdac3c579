"""Rows written in one go are what XlsxWriter writes cell by cell."""

import io
import re
import zipfile
from typing import NamedTuple

import pytest
import xlsxwriter
import xlsxwriter.worksheet

from forecaster.workbook import PlainWorksheet


class SlowWorksheet(PlainWorksheet):
    """The same with XlsxWriter's own rows, but for their spans."""

    _write_rows = xlsxwriter.worksheet.Worksheet._write_rows


def filled(kind):
    """XML of a sheet with cells of every kind."""
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as file:
        sheet = file.add_worksheet("Data", kind)
        bold = file.add_format({"bold": True})
        sheet.reserve(3, 30)
        for column, number in enumerate((0.0, -1.5, 1e-300, 123456789.123456789, 2.0**53, 1e22, 1 / 3)):
            sheet.put_number(3, column, number, bold)
        sheet.put_number(3, 29, 7.0, None)
        sheet.put_text(3, 8, "a & b < c", bold)
        sheet.put_blank(3, 9, None, bold)
        sheet.put_formula(5, 2, '=IF(A4<B4,"less & less","more")', bold, "less & less")
        sheet.put_formula(5, 1, "=A4+B4", None, -1.5)
        sheet.put_formula(5, 0, '=IF(A4=0,"",1)', None, "")
        sheet.set_row(7, 40.0)
        sheet.set_row(8, 40.0)
        sheet.put_text(8, 0, "high", None)
    with zipfile.ZipFile(stream) as archive:
        return archive.read("xl/worksheets/sheet1.xml").decode()


def test_quick_rows_are_the_writers_own():
    slow = re.sub(r' spans="[\d:]+"', "", filled(SlowWorksheet))
    assert filled(PlainWorksheet) == slow
    assert slow.count("<c ") == 14


def test_a_kind_of_cell_that_no_report_has_is_an_error():
    class Boolean(NamedTuple):
        boolean: bool
        format: None

    sheet = PlainWorksheet()
    sheet.fh, sheet.table, sheet.row_info = io.StringIO(), {0: {0: Boolean(boolean=True, format=None)}}, {}
    with pytest.raises(TypeError, match="A1: a cell of kind Boolean"):
        sheet._write_rows()


def test_a_row_off_the_sheet_is_told():
    with xlsxwriter.Workbook(io.BytesIO()) as file:
        sheet = file.add_worksheet("Data", PlainWorksheet)
        assert (sheet.reserve(1_048_575, 16_384), sheet.reserve(1_048_576, 1)) == (0, -1)
