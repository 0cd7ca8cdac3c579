"""Text as a cell can hold it: nothing in it is lost, and nothing in it turns into a formula."""

import re
from functools import cache

LIMIT = 16_000
"""Characters of a text in one cell: even signs that count twice stay below the 32,767 a cell may hold."""

RISKY = ("=", "+", "-", "@")
"""A text that begins so turns into a formula when somebody edits its cell."""

CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


@cache
def clean(text: str) -> str:
    """Text that a cell can hold: control characters become their visible pictures."""
    return CONTROL.sub(_picture, text.replace("\r\n", "\n"))


@cache
def is_plain(text: str) -> bool:
    """Whether a text can stand in a cell as it is."""
    return len(text) <= LIMIT and text[:1] not in RISKY and clean(text) == text


def pieces(text: str) -> list[str]:
    """Text cut into parts that a cell can hold, each but the last saying that it goes on."""
    parts = [text[i : i + LIMIT] for i in range(0, len(text), LIMIT)] or [""]
    return [f"{part} [goes on to the right]" for part in parts[:-1]] + parts[-1:]


def _picture(match: re.Match[str]) -> str:
    code = ord(match.group())
    return "\u2421" if code == 0x7F else chr(0x2400 + code) if code < 0x20 else "\ufffd"
