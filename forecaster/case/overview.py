"""What a case holds, in lines for a reader who checks it before a run."""

from collections.abc import Iterable, Iterator

from forecaster.case.case import Case
from forecaster.case.cautions import cautions
from forecaster.case.differences.from_bundled import from_bundled
from forecaster.case.law import LegalCheck, legal_checks

NAMED = 20
"""Changes of a kind that are told by name."""


def overview(case: Case, of_forecasts: Iterable[str]) -> Iterator[str]:
    """Files, states, years, programme, what was changed, bounds of the law, warnings; last those given."""
    yield from _inputs(case)
    yield from _settings(case)
    terms = case.programme
    total = sum(line.amount for line in terms.lines)
    lines = "1 line" if len(terms.lines) == 1 else f"{len(terms.lines)} lines"
    yield f"Programme: {terms.name}, {lines} adding up to EUR {total:,.1f} million"
    yield from (_judged(check) for check in legal_checks(terms))
    yield f"Assumptions: {len(list(case.assumptions.entries()))}"
    yield from _changed(case)
    warnings = (*cautions(case), *case.warnings, *of_forecasts)
    yield f"Warnings: {len(warnings)}"
    yield from (f"  {warning}" for warning in warnings)


def _changed(case: Case) -> Iterator[str]:
    """What the case changes of the bundled one."""
    yield "Changed from the bundled case:"
    for kind, names in from_bundled(case).items():
        yield f"  {kind}: {len(names)}"
        yield from (f"    {name}" for name in names[:NAMED])
        if len(names) > NAMED:
            more = f"and {len(names) - NAMED:,} more"
            yield f"    {more}; `forecaster compare FOLDER --output FILE.xlsx` lists all"


def _inputs(case: Case) -> Iterator[str]:
    budgets = case.budgets
    used = sum(plan.use for plan in budgets.plans)
    yield f"Files: {len(case.files)} read ({', '.join(case.files)})"
    yield f"States: {len(budgets.codes)} ({' '.join(budgets.codes)})"
    yield f"Figures: {len(budgets.figures):,}; plans: {len(budgets.plans)}, of which used: {used}"


def _settings(case: Case) -> Iterator[str]:
    given = case.assumptions.run
    first, last = given.projected[0], given.projected[-1]
    yield f"Years: {first} to {last}; base year {given.base_year}; inputs as of {given.as_of}"
    yield f"Draws: {given.paths:,} with seed {given.seed}"
    yield f"Scenarios: {len(case.scenarios)} ({', '.join(table.id for table in case.scenarios)})"


def bound(check: LegalCheck) -> str:
    """What was found and what the law allows: procurement: amount 240, at least 180 EUR million."""
    return f"{check.name} {check.found:g}, {check.kind} {check.bound:g} {check.unit} ({check.article})"


def _judged(check: LegalCheck) -> str:
    return f"  {bound(check)}: {'holds' if check.holds else 'DOES NOT HOLD'}"
