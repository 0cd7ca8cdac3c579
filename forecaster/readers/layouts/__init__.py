"""All sheets of a book by one set of rules: years across, years down, or one row a figure."""

from forecaster.readers.files.book import Book, Sheet
from forecaster.readers.layouts import across, grid, tidy
from forecaster.readers.layouts.beside import Rules
from forecaster.readers.layouts.hidden import shown_sheets, visible
from forecaster.readers.names import Names
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
    if heads := grid.year_rows(sheet, context.names, context.header_row):
        return across.blocks(book, sheet, heads, context, rules)
    shape = tidy.shape(sheet, context.names)
    if shape is not None and context.header_row in {None, shape.header}:
        return tidy.blocks(book, sheet, shape, context, rules)
    if context.header_row is None and len(sheet.rows) < grid.TURN_LIMIT:
        turned = sheet.turn()
        heads = grid.year_rows(turned, context.names)
        if any(context.code or _names_a_state(turned, one.label, context.names) for one in heads):
            return across.blocks(book, turned, heads, context, rules)
    return [], []


def _names_a_state(sheet: Sheet, column: int, names: Names) -> bool:
    return any(names.code(sheet.text(row, column)) for row in range(1, len(sheet.rows) + 1))
