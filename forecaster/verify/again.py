"""The case a workbook holds, run again: every cell compared with the one it must be."""

from collections.abc import Container, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from forecaster import __version__, pipeline, workbook
from forecaster.assembly.gaps import refuse_gaps
from forecaster.case import canonical, load
from forecaster.engine import Progress
from forecaster.errors import ForecasterError, OutputNotWritable
from forecaster.machine.scratch import temporary_folder
from forecaster.readers.own.canonical import ORIGIN
from forecaster.sheets import case, provenance
from forecaster.verify.book import Book, Leaf, Place, address, read
from forecaster.verify.comparing import TOLERANCE, distance, shown
from forecaster.verify.finding import Finding, Step
from forecaster.verify.reproduce import changed, whole, write
from forecaster.verify.rules import run_id

NAME = "reproduction"
CHANGED = "This cell was changed after the run. Ask who did, or write the report again."
MOVED = "Written by other code of the same version, which may be why. Verify with that code, or run again."
VERSIONS = {"forecaster", "Python", *provenance.PACKAGES}


def stored(book: Book) -> Step:
    """Whether the case in the workbook is the one its run id was made from."""
    content = content_of(book)
    made, stated = canonical.run_id(canonical.sha256(content[ORIGIN]), version(book)), run_id(book)
    findings = [
        Finding(case.NAME, name, f"SHA-256 {now[:12]}...", f"{then[:12]}..., as in {ORIGIN}", CHANGED)
        for name, (then, now) in changed(content).items()
    ]
    if made != stated:
        told = f"{made}, made from the sheet {case.NAME} and the version"
        findings.append(Finding("Cover", "A3", stated or "no run id", told, CHANGED))
    return Step("stored case", True, f"{len(content)} files, run id {stated}", tuple(findings))


def content_of(book: Book) -> dict[str, str]:
    """Files of the case in a workbook. Raises InputError where it holds no whole case."""
    leaf = book.leaves.get(case.NAME)
    rows = {} if leaf is None else leaf.values
    last = max((row for row, _ in rows), default=0)
    width = len(case.COLUMNS)
    lines = (tuple(rows.get((row, column)) for column in range(1, width + 1)) for row in range(1, last + 1))
    return whole(book.path, lines)


def version(book: Book) -> str:
    """Version of forecaster that wrote a workbook, empty where it does not say."""
    return _versions(book).get("forecaster", "")


def reproduction(book: Book, workers: int | None, progress: Progress) -> Step:
    """Run the stored case and compare every cell."""
    if version(book) != __version__:
        told = f"forecaster {version(book) or 'unknown'}"
        advice = f"Install forecaster {version(book)} to have it reproduced."
        return Step(
            NAME,
            False,
            f"not done: written by {told}, this is {__version__}",
            (Finding(provenance.NAME, "", told, f"forecaster {__version__}", advice),),
        )
    with temporary_folder() as folder:
        try:
            made = _rerun(book, Path(folder), workers, progress)
        except OutputNotWritable:  # a full disk is nobody's hand
            raise
        except ForecasterError as error:
            finding = Finding(case.NAME, "", str(error), "a case that runs", CHANGED)
            return Step(NAME, False, "not done: the stored case does not run", (finding,))
        if made.read_bytes() == book.path.read_bytes():
            return Step(NAME, True, f"run again, {_count(book):,} cells: the same file, byte for byte")
        return _compared(book, read(made))


def _rerun(book: Book, folder: Path, workers: int | None, progress: Progress) -> Path:
    """The workbook that the stored case gives. Raises ForecasterError where it cannot be run."""
    write(content_of(book), folder / "case")
    again = load(folder / "case")
    refuse_gaps(again)
    made = folder / "again.xlsx"
    made.write_bytes(workbook.content(pipeline.run(again, workers=workers, progress=progress)))
    return made


@dataclass
class _Tally:
    """What a comparison met: near, how many numbers differ in their last digits; worst, by how much."""

    near: int = 0
    worst: float = 0.0


def _compared(book: Book, again: Book) -> Step:
    tally, moved = _Tally(), _moved(book, again)
    findings = tuple(
        replace(finding, advice=MOVED) if moved else finding for finding in _differences(book, again, tally)
    )
    others = {
        name: (was, now)
        for name, was in _versions(book).items()
        if (now := _versions(again).get(name)) != was
    }
    notes = [f"run again, {_count(book):,} cells"]
    notes += [f"numbers that differ by up to {tally.worst:.1e}: {tally.near:,}"] * bool(tally.near)
    notes += [f"{name} {was} then, {now} now" for name, (was, now) in others.items()]
    notes += [moved] * bool(moved)
    explained = findings or tally.near or others or moved
    why = "" if explained else ": the file was saved by another program or differs beyond its cells"
    notes += [f"looks and charts not compared{why}"]
    return Step(NAME, True, "; ".join(notes), findings)


def _moved(book: Book, again: Book) -> str:
    """What became of the program since a report was written, in words; nothing where it is the same."""
    was, now = (_stated(one, {"code", "fit", "tally"}) for one in (book, again))
    if was.get("code") == now["code"]:
        return ""
    then = was.get("code", "unknown")[:12]
    told = f"the code is not the one that wrote it ({then} then, {now['code'][:12]} now)"
    if any(was.get(name) != now[name] for name in ("fit", "tally")):
        return f"{told}, and it comes to other results"
    return f"{told}, but it counts the same: what differs is how sheets show it, or was changed"


def _differences(book: Book, again: Book, tally: _Tally) -> Iterator[Finding]:
    for name in dict.fromkeys([*again.leaves, *book.leaves]):
        if name not in book.leaves or name not in again.leaves:
            found, expected = ("a sheet", "no such sheet") if name in book.leaves else ("no sheet", "a sheet")
            yield Finding(name, "", found, expected, CHANGED)
            continue
        yield from _cells(book.leaves[name], again.leaves[name], tally)


def _cells(found: Leaf, expected: Leaf, tally: _Tally) -> Iterator[Finding]:
    excused = _excused(found, expected)
    for place in sorted(
        found.values.keys() | expected.values.keys() | found.formulas.keys() | expected.formulas.keys()
    ):
        one, other = found.formulas.get(place), expected.formulas.get(place)
        if one != other:
            yield Finding(found.name, address(place), _told(found, place), _told(expected, place), CHANGED)
            continue
        if place in excused:
            continue
        here, there = found.values.get(place), expected.values.get(place)
        apart = distance(there, here)
        if apart > TOLERANCE:
            yield Finding(found.name, address(place), shown(here), shown(there), CHANGED)
        elif here != there:
            tally.near, tally.worst = tally.near + 1, max(tally.worst, apart)


def _told(leaf: Leaf, place: Place) -> str:
    return leaf.formulas.get(place) or shown(leaf.values.get(place))


def _versions(book: Book) -> dict[str, str]:
    """Versions that the sheet of origins states."""
    return _stated(book, VERSIONS)


def _stated(book: Book, names: Container[str]) -> dict[str, str]:
    """What the sheet of origins states under some names."""
    leaf = book.leaves.get(provenance.NAME)
    values = {} if leaf is None else leaf.values
    return {
        str(name): str(values.get((row, 2), ""))
        for (row, column), name in values.items()
        if column == 1 and name in names
    }


def _excused(found: Leaf, expected: Leaf) -> set[Place]:
    """Cells that differ where the program does: versions, fingerprints of code, fits and sums."""
    if found.name != provenance.NAME:
        return set()
    return {
        (row, 2)
        for (row, column), name in found.values.items()
        if column == 1
        and name in {*VERSIONS, "code", "fit", "tally"}
        and expected.values.get((row, 1)) == name
    }


def _count(book: Book) -> int:
    return sum(len(leaf.values) for leaf in book.leaves.values())
