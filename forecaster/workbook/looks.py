"""Cell formats of a report, one for each look, from the data of `forecaster.report.styles`."""

from functools import cache
from typing import Any, TypeAlias

from forecaster.report.sheet import Role
from forecaster.report.styles import (
    ACCENT,
    FILLS,
    HEAT,
    PAPER,
    RULE,
    SAID,
    SEAM,
    TEXT,
    WORDS,
    number_format,
    unsigned,
)

Format: TypeAlias = Any
"""A format of XlsxWriter, which carries no types."""

BASE = {"font_name": "Arial", "font_size": 10, "font_color": TEXT, "valign": "top"}


class Looks:
    """Makes each format of a file once."""

    def __init__(self, file: Any) -> None:  # noqa: ANN401 - XlsxWriter has no types
        self._file = file
        self._properties: dict[Format, dict[str, object]] = {}
        self.quoted = cache(self._quoted)
        self.cell = cache(self._cell)
        self.head = cache(self._head)
        self.text = cache(self._text)
        self.word = cache(self._word)
        self.heat = cache(self._heat)
        self.said = cache(self._said)
        self.unsigned = cache(self._unsigned)

    def _cell(self, role: Role, unit: str, strong: bool, wrap: bool, right: bool) -> Format:  # noqa: FBT001
        """Return the look of a cell: colours by role, number format by unit, totals in bold under a line.

        right: the column holds numbers; unit: empty where this cell is no number.
        """
        colour, paper, _ = FILLS[role]
        look = {**BASE, "font_color": colour, "bold": strong, "text_wrap": wrap}
        look |= {"bottom": 4, "bottom_color": RULE, **_aligned(right)}
        if strong:
            look |= {"top": 1, "top_color": TEXT}
        if paper != PAPER:
            look |= {"bg_color": paper}
        if unit:
            look |= {"num_format": number_format(unit, role)}
        return self._made(look)

    def _head(self, right: bool, bold: bool, wrap: bool) -> Format:  # noqa: FBT001 - asked for by position
        """Return the look of a column's title, unit or kind."""
        colours = {"bg_color": ACCENT, "font_color": PAPER}
        look = {"bold": bold, "italic": not bold, "text_wrap": wrap, "num_format": "0"}
        look |= {"left": 1, "left_color": SEAM}  # titles that fill their columns must not run into each other
        return self._made({**BASE, **colours, **look, **_aligned(right)})

    def _text(self, kind: str) -> Format:
        """Return the look of text outside tables: title, heading, question, strong, note or plain."""
        looks: dict[str, dict[str, object]] = {
            "title": {"font_size": 16, "bold": True, "font_color": ACCENT},
            "heading": {"font_size": 12, "bold": True, "font_color": ACCENT},
            "strong": {"font_size": 12},
            "question": {"italic": True},
            "state": {"bold": True},
            "link": {"font_color": FILLS["link"][0], "underline": 1},
        }
        return self._made(BASE | looks.get(kind, {}))

    def _word(self, word: str) -> Format:
        """Return the colours of a word such as red or PASS."""
        colour, paper = WORDS[word]
        return self._made({"font_color": colour, "bg_color": paper})

    def _said(self, word: str) -> Format:
        """Return the colour of a line that says a word: no fill, for it runs on over the next cells."""
        return self._made({"font_color": SAID[word]})

    def _heat(self, step: int) -> Format:
        """Return the colours of a step of the heat map."""
        _, colour, paper = HEAT[step]
        return self._made({"font_color": colour, "bg_color": paper})

    def _unsigned(self, form: str) -> Format:
        """Return a number format without its sign, for what is below zero and reads as zero."""
        return self._made({"num_format": unsigned(form)})

    def _quoted(self, look: Format) -> Format:
        """Return the look of a text that would become a formula when edited, else like another look."""
        return self._made(self._properties[look] | {"quote_prefix": True})

    def _made(self, properties: dict[str, object]) -> Format:
        made = self._file.add_format(properties)
        self._properties[made] = properties
        return made


def _aligned(right: bool) -> dict[str, object]:  # noqa: FBT001
    """Numbers and their titles to the right, texts to the left and off the number before them."""
    return {"align": "right"} if right else {"align": "left", "indent": 1}
