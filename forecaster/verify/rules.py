"""What must hold in every report, seen in the file alone: values, functions, constants, rows, sheets."""

import re
from collections.abc import Callable, Iterator

from forecaster.verify.book import Book, Leaf, address
from forecaster.verify.finding import Finding, Step
from forecaster.verify.relative import FUNCTION, NUMBER, bare
from forecaster.verify.rows import broken_rows

FUNCTIONS = frozenset(
    {"ABS", "COUNT", "IF", "INDEX", "ISERROR", "MATCH", "MAX", "MIN", "SUM", "SUMIFS", "SUMPRODUCT"}
)
"""Functions that Excel 2010 and LibreOffice 7.4 share, and no volatile one."""

CONSTANTS = frozenset({"0", "1", "12", "100", "1000"})
LONGEST = 110
"""Characters that a formula stays below."""

OUTSIDE = re.compile(
    r"vba|macro|externalLink|connections|embeddings|activeX|ctrlProps|customXml/item|webextension"
)
"""Parts of a file that run something or bring in something from elsewhere."""

MASTER = re.compile(r"Master check: (\w+), run ([0-9a-f]{12})")

MANY = 20
"""Formulas of a sheet without a value from which they are told together."""

FAILED = "A control does not hold; the sheet Checks says which."
WRITE_AGAIN = "Do not rely on this copy. Write it again: forecaster reproduce, then run."


def structure(book: Book) -> Step:
    """Every rule on the workbook as a file."""
    findings = tuple(finding for rule in RULES for finding in rule(book))
    formulas = sum(len(leaf.formulas) for leaf in book.leaves.values())
    return Step("structure", True, f"{len(book.leaves)} sheets, {formulas:,} formulas", findings)


def master_check(book: Book) -> Step:
    """What each sheet says of the controls of the run."""
    states = {leaf.name: str(leaf.values.get((3, 1), "")) for leaf in book.leaves.values()}
    usual = next((match for text in states.values() if (match := MASTER.fullmatch(text))), None)
    expected = f"Master check: PASS, run {usual[2]}" if usual else "Master check: PASS, run ..."
    findings = tuple(
        Finding(name, "A3", text or "nothing", expected, FAILED if "FAIL" in text else WRITE_AGAIN)
        for name, text in states.items()
        if text != expected
    )
    return Step("master check", True, "PASS on every sheet" if not findings else "does not hold", findings)


def run_id(book: Book) -> str:
    """Run id that the sheets state, empty where none does."""
    texts = (str(leaf.values.get((3, 1), "")) for leaf in book.leaves.values())
    return next((found[2] for text in texts if (found := MASTER.fullmatch(text))), "")


def hidden(book: Book) -> Iterator[Finding]:
    """Find sheets, rows and columns out of sight, and merged cells, which hide what lies under them."""
    for leaf in book.leaves.values():
        if not leaf.shown:
            yield Finding(leaf.name, "", "hidden sheet", "every sheet visible", "Unhide it and ask why.")
        for name in leaf.hidden:
            yield Finding(leaf.name, name, "hidden", "every row and column visible", "Unhide it and ask why.")
        for area in leaf.merged:
            yield Finding(leaf.name, area, "merged cells", "none in a report", "Unmerge them and ask why.")


def outside(book: Book) -> Iterator[Finding]:
    """Find links to other files, macros and other parts that no report has."""
    for part in book.parts:
        if OUTSIDE.search(part):
            yield Finding("", part, "macro, link or embedded file", "none in a report", WRITE_AGAIN)
    for name, text in book.names.items():
        if _leads_outside(text):
            yield Finding("", name, text, "a name for cells of this workbook", WRITE_AGAIN)
    for leaf, place, formula in _formulas(book):
        if _leads_outside(formula):
            yield _found(leaf, place, formula, "no link to another file", WRITE_AGAIN)


def _leads_outside(formula: str) -> bool:
    return bool(re.search(r"\[[^\]]*\][^!]*!|\|'|file:|https?:|\\\\", re.sub(r'"[^"]*"', "", formula)))


def values(book: Book) -> Iterator[Finding]:
    """Find formulas without a stored value, and cells that show an error."""
    for leaf in book.leaves.values():
        yield from _unvalued(leaf)
        for place, error in leaf.errors.items():
            yield _found(leaf, place, error, "no error", WRITE_AGAIN)


def _unvalued(leaf: Leaf) -> Iterator[Finding]:
    places = sorted(leaf.unvalued)
    if len(places) > MANY:
        told = f"{len(places):,} formulas without a value, the first in {address(places[0])}"
        advice = "A program that keeps no values saved this copy. Take the one that was written."
        yield Finding(leaf.name, "", told, "a stored value beside each formula", advice)
        return
    for place in places:
        told = f"{leaf.formulas[place]} without a value"
        yield _found(leaf, place, told, "a stored value", WRITE_AGAIN)


def functions(book: Book) -> Iterator[Finding]:
    """Find functions that a report does not use."""
    for leaf, place, formula in _formulas(book):
        for name in sorted(set(FUNCTION.findall(bare(formula))) - FUNCTIONS):
            yield _found(
                leaf, place, f"{name} in {formula}", f"only {', '.join(sorted(FUNCTIONS))}", WRITE_AGAIN
            )


def constants(book: Book) -> Iterator[Finding]:
    """Find figures typed into formulas."""
    for leaf, place, formula in _formulas(book):
        for number in sorted(set(NUMBER.findall(bare(formula))) - CONSTANTS):
            told = f"references, and no number but {', '.join(sorted(CONSTANTS, key=int))}"
            yield _found(leaf, place, f"{number} in {formula}", told, WRITE_AGAIN)


def lengths(book: Book) -> Iterator[Finding]:
    """Find formulas too long to be followed."""
    for leaf, place, formula in _formulas(book):
        if len(formula) >= LONGEST:
            told = f"fewer than {LONGEST} characters"
            yield _found(leaf, place, f"a formula of {len(formula)} characters", told, WRITE_AGAIN)


def rows(book: Book) -> Iterator[Finding]:
    """Find formulas that differ from their neighbours, and numbers typed over formulas."""
    for leaf in book.leaves.values():
        for place, found, expected in broken_rows(leaf):
            yield _found(leaf, place, found, expected, WRITE_AGAIN)


def _formulas(book: Book) -> Iterator[tuple[Leaf, tuple[int, int], str]]:
    for leaf in book.leaves.values():
        for place, formula in leaf.formulas.items():
            yield leaf, place, formula


def _found(leaf: Leaf, place: tuple[int, int], found: str, expected: str, advice: str) -> Finding:
    return Finding(leaf.name, address(place), found, expected, advice)


RULES: tuple[Callable[[Book], Iterator[Finding]], ...] = (
    hidden,
    outside,
    values,
    functions,
    constants,
    lengths,
    rows,
)
