"""A page of a workbook: its front, notes, tables and charts, and how it is printed."""

from forecaster.report.layout import Page, wrapped
from forecaster.report.sheet import Chart, Gallery, Link, Notes, Sheet
from forecaster.workbook.charts import BESIDE, GAP, drawn
from forecaster.workbook.heights import TITLE_POINTS
from forecaster.workbook.pen import Pen, put_cell, put_line
from forecaster.workbook.printing import area, breaks, repeated
from forecaster.workbook.tables import put_table
from forecaster.workbook.text import clean
from forecaster.workbook.worksheet import QuickSheet

A4 = 9

MARGIN_TITLE = 60
"""Characters of a title in the margin: more would run into the sheet's name, and of 255 none are printed."""


def put_page(pen: Pen, page: Page) -> None:
    """Add a sheet to the workbook."""
    sheet = pen.file.add_worksheet(page.sheet.name, QuickSheet)
    for i, width in enumerate(page.widths):
        sheet.done(sheet.set_column(i, i, width))
    _front(pen, sheet, page.sheet)
    placed = iter(page.tables)
    for top, block in zip(page.tops, page.sheet.blocks, strict=True):
        if isinstance(block, Notes):
            _notes(pen, sheet, block, top, page.breadth)
        elif isinstance(block, Chart | Gallery):
            _charts(pen, sheet, block, top)
        else:
            put_table(pen, sheet, next(placed), page)
    _print(pen, sheet, page)


def _front(pen: Pen, sheet: QuickSheet, about: Sheet) -> None:
    """Write title, question, state of the controls and the way back to the first sheet."""
    sheet.done(sheet.set_row(0, TITLE_POINTS))
    put_line(sheet, 0, 0, about.title, pen.looks.text("title"))
    put_line(sheet, 1, 0, about.question, pen.looks.text("question"))
    master = pen.layout.address(pen.book.master.fix(), about.name)
    value = f"Master check: {pen.layout.value(pen.book.master)}, run {pen.book.run_id}"
    state = f'="Master check: "&{master}&", run {pen.book.run_id}"'
    sheet.put_formula(2, 0, state, pen.looks.text("state"), value)
    for word in ("FAIL", "PASS"):
        rule = {"type": "text", "criteria": "containing", "value": word, "format": pen.looks.said(word)}
        sheet.done(sheet.conditional_format(2, 0, 2, 0, rule), 2)
    home = pen.layout.pages[0].sheet.name
    if about.name != home:
        put_cell(pen, sheet, (3, 0), Link(f"Back to {home}", home), None)


def _notes(pen: Pen, sheet: QuickSheet, notes: Notes, top: int, breadth: int) -> None:
    if notes.title:
        put_line(sheet, top, 0, notes.title, pen.looks.text("heading"))
    look = pen.looks.text("strong" if notes.strong else "plain")
    for row, line in enumerate(wrapped(notes.lines, breadth), top + bool(notes.title)):
        put_line(sheet, row, 0, line, look)


def _charts(pen: Pen, sheet: QuickSheet, block: Chart | Gallery, top: int) -> None:
    charts = block.charts if isinstance(block, Gallery) else (block,)
    width = BESIDE[len(charts)]
    for i, chart in enumerate(charts):
        drawing = drawn(pen.file, chart, pen.layout, width)
        place = {"x_offset": i * (width + GAP), "y_offset": 2, "object_position": 2}
        about = {"description": clean(chart.description), **place}
        sheet.done(sheet.insert_chart(top, 0, drawing, about), top)


def _print(pen: Pen, sheet: QuickSheet, page: Page) -> None:
    """One page wide on landscape A4, cut between blocks, titles repeated, run and page in the margin."""
    name, title = page.sheet.name, _margin_title(pen.book.title)
    sheet.set_landscape()
    sheet.set_paper(A4)
    sheet.set_margins(left=0.3, right=0.3, top=0.7, bottom=0.6)
    sheet.fit_to_pages(1, 0)
    sheet.set_header(f"&L{title}&C{name}&RRun {pen.book.run_id}")
    sheet.set_footer("&RPage &P of &N")
    if corner := area(page):
        sheet.done(sheet.print_area(0, 0, *corner))
    sheet.freeze_panes(*page.frozen)
    if titles := repeated(page):
        sheet.done(sheet.repeat_rows(*titles))
    if ends := breaks(page):
        sheet.done(sheet.set_h_pagebreaks(list(ends)))
    sheet.done(sheet.ignore_errors({"number_stored_as_text": "A1:XFD1048576"}))


def _margin_title(title: str) -> str:
    """Return a title on one line, cut to its room, as the margin of a page takes it."""
    line = clean(" ".join(title.split()))
    return (line if len(line) <= MARGIN_TITLE else line[: MARGIN_TITLE - 3] + "...").replace("&", "&&")
