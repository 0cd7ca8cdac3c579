"""Columns among or beside a table's years that no year heads: never left out, or read over, in silence."""

import re
from collections.abc import Iterator

from forecaster.readers import cells
from forecaster.readers.files.book import Sheet
from forecaster.readers.layouts.grid import Heads, Segment
from forecaster.readers.names import folded
from forecaster.readers.numbers import Desk
from forecaster.readers.understanding import Left


def tell_unread(desk: Desk, heads: Heads, segment: Segment) -> list[Left]:
    """Warn of the columns that are left out; one under a year merged over it too is a problem."""
    left = []
    for column in unread_columns(desk.sheet, heads, segment):
        area = desk.sheet.covered.get((heads.row, column))
        if area and area[1] in heads.years:
            desk.add(heads.row, area[1], _shared(desk.sheet, area))
        else:
            left.append(column)
    return tell_left(desk, heads.row, left)


def tell_left(desk: Desk, header: int, columns: list[int]) -> list[Left]:
    """Warn, in one line, of columns that are left out because no year heads them."""
    left = [_left(desk.sheet, header, column) for column in columns]
    if left:
        shown = "; ".join(one.what for one in left)
        text = f"figures under no year of their own were left out: {shown}. {ADVICE}"
        desk.problems.warn(desk.file, desk.sheet.name, text)
    return left


def tell_second_table(desk: Desk, heads: Heads, segment: Segment) -> bool:
    """Note a table beside the first, whose years go on where the first one's end; whether there is one.

    Its figures would count as those of the first table's rows.
    """
    column = _second_labels(desk.sheet, heads, segment)
    if column is not None:
        told = "the texts of this column name the figures right of it: a second table beside the first."
        advice = "Move it below the first or to another sheet, or hide it. Head a column of notes 'Notes'."
        desk.add(heads.row, column, f"{told} {advice}")
    return column is not None


def _second_labels(sheet: Sheet, heads: Heads, segment: Segment) -> int | None:
    """Column among the years that labels all figures right of it, each row apart or as headed alike.

    Not one headed as notes on rows that have labels of their own.
    """
    known = {*heads.years, *sheet.hidden_columns}
    for column in range(heads.first + 1, max(heads.years)):
        years = [year for year in heads.years if year > column]
        rows = [
            row
            for row in segment.rows
            if any(cells.is_figure(sheet.value(row.number, year)) for year in years)
        ]
        texts = [sheet.text(row.number, column) for row in rows]
        if column in known or not texts or not all(map(_is_label, texts)):
            continue
        heading = sheet.text(heads.row, column)
        alike = bool(heading) and heading == sheet.text(heads.row, heads.label)
        notes = _NOTES.fullmatch(folded(heading)) and all(row.label for row in rows)
        if alike or (len(set(texts)) == len(texts) and not notes):
            return column
    return None


def _is_label(text: str) -> bool:
    """Whether a text may name a row: neither a number, a missing value nor flags."""
    return not (cells.is_missing(text) or cells.is_figure(text) or set(text.casefold()) <= cells.FLAGS)


def unread_columns(sheet: Sheet, heads: Heads, segment: Segment) -> Iterator[int]:
    """Columns with figures right of the first year, between the labels and it, or whose heading mentions one.

    'Ist Vorjahr' and 'Réalisé N-1' stand between them; a heading that is a figure numbers the columns, and
    codes and ranks number the rows.
    """
    known = {*heads.years, *heads.flags.values(), *sheet.hidden_columns, heads.label}
    for column in range(1, sheet.width + 1):
        if column in known or not any(
            cells.is_figure(sheet.value(row.number, column)) for row in segment.rows
        ):
            continue
        heading = sheet.text(heads.row, column)
        beside = column > heads.label and heading and not cells.is_figure(heading)
        beside = beside and not _number_rows([sheet.text(row.number, column) for row in segment.rows])
        if column > heads.first or beside or cells.mentions_year(heading):
            yield column


def _number_rows(texts: list[str]) -> bool:
    """Whether texts of a column hold codes such as 032 and 14 01, or ranks: 1 to as many as there are."""
    found = [text for text in texts if text]
    ranks = {str(rank) for rank in range(1, len(found) + 1)}
    return any(map(_CODE.match, found)) or (len(found) > 1 and set(found) == ranks)


def _left(sheet: Sheet, row: int, column: int) -> Left:
    address, heading = sheet.address(row, column), sheet.text(row, column)
    return Left(sheet.name, f"{address} {heading[:40]!r}" if heading else f"{address} (empty)", "no year")


def _shared(sheet: Sheet, area: tuple[int, int, int, int]) -> str:
    span = f"{sheet.address(*area[:2])}:{sheet.address(*area[2:])}"
    return (
        f"{sheet.text(*area[:2])} is merged over {span}, and more than one column under it holds figures. "
        "Unmerge it and leave the year over the column that counts."
    )


_NOTES = re.compile(
    r"(notes?|nota|notas|footnotes?|remarks?|comments?|observations?|anm|anmerkung(en)?|bemerkung(en)?"
    r"|erlauterung(en)?|hinweise?|kommentare?|fussnoten?|remarques?|commentaires?|observaciones|comentarios?"
    r"|osservazioni|commenti|observacoes|uwag[ai]|komentarze?|poznamk[ay]|megjegyzes(ek)?|opmerking(en)?"
    r"|toelichting(en)?|observatii|mentiuni|huomautu(s|kset)|anmarkning(ar)?|kommentarer|bemærkning(er)?"
    r"|markus(ed)?|piezimes?|pastab(a|os)|opomb[ae]|napomen[ae]|забележк[аи]|σημειωσ(η|εισ)|παρατηρησεισ)"
    r"[\s\d().:/-]*"
)
_CODE = re.compile(r"0\d+$|\d+ \d\d?$")
ADVICE = "Where they belong to a year, head them with it alone: 2026."
