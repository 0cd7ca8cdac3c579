"""A finished workbook, checked: as a file, by another program, and against its own case run again."""

import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

from forecaster.engine import Progress
from forecaster.errors import InputError
from forecaster.verify.again import reproduction, stored
from forecaster.verify.book import Book, read
from forecaster.verify.engines import recalculation
from forecaster.verify.finding import Finding, Report, Step
from forecaster.verify.reproduce import refuse_unsafe
from forecaster.verify.rules import master_check, structure

__all__ = ["as_json", "lines", "verify"]

SHOWN = 40
"""Findings printed; --json prints all."""

WIDEST = 46
"""Characters of what was found and expected that are printed."""


def verify(
    path: Path,
    *,
    recalculate: bool = True,
    rerun: bool = True,
    workers: int | None = None,
    progress: Progress = lambda *_: None,
) -> Report:
    """Check a workbook. Raises InputError where it cannot be opened or holds no case."""
    refuse_unsafe(path)
    book = _read(path)
    steps = [structure(book), master_check(book), stored(book)]
    steps.append(reproduction(book, workers, progress) if rerun else _skipped("reproduction", "--no-rerun"))
    steps.append(recalculation(book) if recalculate else _skipped("recalculation", "--no-recalculate"))
    return Report(path.name, tuple(steps))


def lines(report: Report) -> Iterator[str]:
    """What a user reads: a line for each step, then a table of findings."""
    width = max(len(step.name) for step in report.steps)
    for step in report.steps:
        state = f"{len(step.findings):,} found" if step.findings else "ok" if step.done else "-"
        yield f"{step.name:{width}}  {state:>9}  {step.text}"
    if report.findings:
        yield ""
        yield from _table(report.findings[:SHOWN])
        hidden = len(report.findings) - SHOWN
        if hidden > 0:
            yield f"And {hidden:,} more; --json prints all."


def as_json(report: Report) -> str:
    """The report with all findings as JSON; in ASCII, which no console or pipe changes."""
    steps = [
        {"name": s.name, "done": s.done, "text": s.text, "findings": len(s.findings)} for s in report.steps
    ]
    findings = [asdict(finding) for finding in report.findings]
    told = {"book": report.book, "passed": not findings, "steps": steps, "findings": findings}
    return json.dumps(told, indent=2)


def _read(path: Path) -> Book:
    try:
        return read(path)
    except Exception as error:  # errors on damaged files are of every kind
        told = next(iter(str(error).splitlines()), type(error).__name__)
        raise InputError(f"{path}: cannot be read as a workbook ({told}). It may be damaged.") from error


def _skipped(name: str, option: str) -> Step:
    return Step(name, False, f"not done: {option}")


def _table(findings: tuple[Finding, ...]) -> Iterator[str]:
    rows = [("sheet", "cell", "found", "expected", "what to do")]
    rows += [(f.sheet, f.cell, _cut(f.found), _cut(f.expected), f.advice) for f in findings]
    widths = [max(len(row[i]) for row in rows) for i in range(4)]
    for row in rows:
        yield "  ".join([*(f"{entry:{width}}" for entry, width in zip(row, widths, strict=False)), row[4]])


def _cut(text: str) -> str:
    plain = " ".join(text.split())
    return plain if len(plain) <= WIDEST else f"{plain[: WIDEST - 3]}..."
