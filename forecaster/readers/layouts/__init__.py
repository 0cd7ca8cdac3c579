"""All sheets of a book by one set of rules: years across, years down, or one row a figure."""

from forecaster.readers.files.book import Book, Sheet
from forecaster.readers.layouts import across, grid, tidy
from forecaster.readers.layouts.beside import Rules
from forecaster.readers.layouts.hidden import shown_sheets, visible
from forecaster.readers.understanding import Block, Context, Left


def read(book: Book, context: Context, rules: Rules) -> tuple[list[Block], list[Left]]:
    """Read every shown sheet of a book; sheets without a table are left out, and told."""
    shown, left = shown_sheets(book, context)
    sheets = [visible(sheet, context) for sheet in shown]
    found: list[Block] = []
    for sheet in sheets:
        blocks, left_ = _sheet(book, sheet, context, rules)
        if not blocks and not left_:
            left.append(Left(sheet.name, f"sheet {sheet.name.strip()}", "no table by state and year found"))
        found += blocks
        left += left_
    return found, left


def _sheet(book: Book, sheet: Sheet, context: Context, rules: Rules) -> tuple[list[Block], list[Left]]:
    header_row = context.mapping.header_row if context.mapping else None
    if grid.year_rows(sheet, context.names, header_row):
        return across.blocks(book, sheet, context, rules)
    shape = tidy.shape(sheet, context.names)
    if shape is not None and header_row in {None, shape.header}:
        return tidy.blocks(book, sheet, shape, context, rules)
    turned = sheet.turn() if header_row is None and len(sheet.rows) < grid.TURN_LIMIT else None
    if turned is not None and _states_across(turned, context):
        return across.blocks(book, turned, context, rules)
    return [], []


def _states_across(turned: Sheet, context: Context) -> bool:
    """Whether a sheet with years down has states for its headings, so that it may be read turned."""
    return any(
        any(context.names.code(turned.text(row, heads.label)) for row in range(1, len(turned.rows) + 1))
        for heads in grid.year_rows(turned, context.names)
    )
