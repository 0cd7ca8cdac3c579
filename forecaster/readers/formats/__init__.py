"""READERS, tried in order: each says why a file is not its own, or reads it."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from forecaster.machine.memory import uncollected
from forecaster.readers.files import Document, opened
from forecaster.readers.files.gate import Refused
from forecaster.readers.formats import budget_lines, eda, eurostat, generic, nato, own, report, sipri
from forecaster.readers.understanding import Block, Context, Left, Understanding

Reading = tuple[list[Block], list[Left]]


@dataclass(frozen=True)
class Reader:
    """A format. declines: why a document is not of it, else ''; read: its tables, what was left out."""

    name: str
    declines: Callable[[Document, Context], str]
    read: Callable[[Document, Context], Reading]


def understood(
    path: Path, context: Context, password_file: Path | None = None, otherwise: str = ""
) -> Understanding | None:
    """Read a file by the first format that does not decline; None where it is refused, which is noted.

    otherwise: what a user can do about a password but to take it off, as the end of a sentence.
    """
    try:
        with uncollected():
            document = opened(path, password_file, otherwise)
            document.tell_limits(context.problems)
            context = replace(context, code=context.code or context.names.of_file(path.name))
            return _read(document, context)
    except Refused as refused:
        context.problems.add(path.name, refused.place, refused.text)
        return None


def _read(document: Document, context: Context) -> Understanding:
    declined: dict[str, str] = {}
    for reader in READERS:
        why = reader.declines(document, context)
        if why:
            declined[reader.name] = why
            continue
        blocks, left = reader.read(document, context)
        file = document.file
        return Understanding(file.path.name, file.sha256, reader.name, tuple(blocks), tuple(left), declined)
    raise Refused(f"{document.file.path.name} is of no format that is read: {'; '.join(declined.values())}.")


READERS: tuple[Reader, ...] = (
    Reader("report of this program", report.declines, report.read),
    Reader("budget lines by a mapping", budget_lines.declines, budget_lines.read),
    Reader("own template", own.declines, own.read),
    Reader("SIPRI Military Expenditure Database", sipri.declines, sipri.read),
    Reader("NATO Defence Expenditure", nato.declines, nato.read),
    Reader("EDA defence data", eda.declines, eda.read),
    Reader("Eurostat page", eurostat.page_declines, eurostat.read_page),
    Reader("Eurostat bulk table", eurostat.bulk_declines, eurostat.read_bulk),
    Reader("Eurostat JSON-stat", eurostat.json_declines, eurostat.read_json),
    Reader("table of states and years", generic.declines, generic.read),
)
