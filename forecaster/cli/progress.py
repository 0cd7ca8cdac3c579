"""A progress bar with the time left, shown on a terminal only."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

import click

if TYPE_CHECKING:
    from click._termui_impl import ProgressBar


class Progress(Protocol):
    """Told how much of how much is done, and how exact P(red) is by now where that is known [share]."""

    def __call__(self, done: int, total: int, half_width: float | None = None, /) -> None:
        """Show it."""


@contextmanager
def progress_bar(label: str, *, hidden: bool, unit: str = "") -> Iterator[Progress]:
    """Offer a function that moves a bar on a terminal and does nothing elsewhere.

    unit: of what is counted; the numbers are shown where it is named.
    """
    if hidden or not sys.stderr.isatty():
        yield lambda *_: None
        return
    told = ""
    bar: ProgressBar[int]
    with click.progressbar(length=1, label=label, file=sys.stderr, item_show_func=lambda _: told) as bar:

        def show(done: int, total: int, half_width: float | None = None, /) -> None:
            nonlocal told
            told = _told(done, total, half_width, unit)
            bar.length = total
            bar.update(done - bar.pos)

        yield show


def _told(done: int, total: int, half_width: float | None, unit: str) -> str:
    numbers = f"{done:,} of {total:,} {unit}" if unit else ""
    return numbers if half_width is None else f"{numbers}, P(red) within {100.0 * half_width:.2f} points"
