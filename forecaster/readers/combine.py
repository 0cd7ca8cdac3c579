"""A case of several sources: figures of a state from the ministry's own file in place of the bundled ones."""

import math
from collections.abc import Iterator, Sequence
from collections.abc import Mapping as MappingOf
from dataclasses import replace
from itertools import combinations
from pathlib import Path

from forecaster.errors import Problems, did_you_mean
from forecaster.figures import Budgets, Figure, Plan
from forecaster.readers.formats import understood
from forecaster.readers.mapping import Holds, Mapping
from forecaster.readers.names import Names, bare, folded
from forecaster.readers.understanding import Block, Context, Understanding
from forecaster.toml import ASSUMPTIONS

SERIES = "own"
FIXED = {("BG", "BGN"): 1.95583}
"""(State, its money before the euro) -> units of it per euro: Regulation (EC) No 2866/98, as amended."""
_TABLE: MappingOf[Holds, str] = {"investment": "investment", "committed": "commitments"}


def combined(
    budgets: Budgets, sources: MappingOf[str, Mapping], folder: Path, base_year: int, problems: Problems
) -> Budgets:
    """Replace figures of the states named in `[sources.XX]` by those of their own files in a folder.

    sources: each of a known state, none of them twice. What is replaced is told, with both values.
    Adds every problem it meets.
    """
    names = Names(budgets.states)
    for code, mapping in sources.items():
        context = Context(names, problems, mapping, names.code(code) or "", code)
        read = understood(folder / mapping.file, context)
        if read is not None:
            budgets = _replaced(budgets, read, context, base_year)
    return replace(budgets, warnings=problems.warnings)


def _replaced(budgets: Budgets, read: Understanding, context: Context, base_year: int) -> Budgets:
    for holds, block in counted(read, context).items():
        figures = list(_in_euro(block, budgets, context))
        if holds == "plan":
            budgets = _with_plan(budgets, figures, context, base_year)
        else:
            budgets = _with_figures(budgets, _TABLE[holds], figures, context)
    return replace(budgets, files={**budgets.files, read.file: read.sha256})


def counted(read: Understanding, context: Context) -> dict[Holds, Block]:
    """What counts of a state's own file: the tables or rows that its mapping asks for.

    A problem where there is none, where several fit, and of figures that cannot be meant or used.
    """
    assert context.mapping is not None
    wanted = context.mapping.rows or {context.mapping.holds: ""}
    found = {holds: _block(read, label, holds, context) for holds, label in wanted.items()}
    there = {holds: block for holds, block in found.items() if block is not None}
    _tell_one_for_two(there, read, context)
    for holds, block in there.items():
        own = [figure for figure in block.figures if figure.code == context.code]
        _refuse_other_money(own, context)
        _refuse_negative(own, holds, context)
    return there


def _tell_one_for_two(counts: MappingOf[Holds, Block], read: Understanding, context: Context) -> None:
    """Warn of a row that counts as two things: few mean it."""
    for first, second in combinations(counts, 2):
        if counts[first] is counts[second]:
            text = f"{counts[first].measure!r} counts as {first} and as {second}. Is that meant?"
            context.problems.warn(read.file, "", f"{text} If not, correct rows under {context.key}.")


def _refuse_other_money(figures: Sequence[Figure], context: Context) -> None:
    """Note figures in the money of neither the state nor the euro."""
    own = _own_currency(context)
    for figure in figures:
        currency = figure.unit.split(" ")[0]
        if currency in {"EUR", own} or (context.code, currency) in FIXED or figure.unit == "% of GDP":
            continue
        usable = "EUR" if own == "EUR" else f"EUR or {own}"
        text = f"figures in {figure.unit} cannot be used, only {usable}. Correct unit under {context.key}."
        context.problems.add(figure.file, figure.sheet, text)


def _own_currency(context: Context) -> str:
    return next(state.currency for state in context.names.states if state.code == context.code)


def _refuse_negative(figures: Sequence[Figure], holds: Holds, context: Context) -> None:
    """Note figures that no budget has: below 0, and 0 where it cannot be meant."""
    for figure in figures:
        if figure.value < 0.0 or (figure.value == 0.0 and holds == "plan"):
            allowed = "A plan is above 0" if holds == "plan" else "Allowed: 0 or more"
            text = f"{figure.code} {figure.item} is {figure.raw}. {allowed}; a missing value is n/a or empty."
            context.problems.add(figure.file, figure.address, text)


def _block(read: Understanding, label: str, holds: Holds, context: Context) -> Block | None:
    """Return the table or row that was asked for; a problem where there is none, or where several fit."""
    blocks = [block for block in read.blocks if context.code in block.codes]
    exact = [block for block in blocks if folded(block.measure) == folded(label)]
    named = [block for block in blocks if bare(block.measure) == bare(label)]
    fitting = (exact or named) if label else blocks
    if len(fitting) == 1:
        return fitting[0]
    measures = [block.measure for block in blocks]
    shown = ", ".join(repr(measure[:50]) for measure in measures[:8])
    if not blocks and any(one.file in {read.file, ASSUMPTIONS} for one in context.problems.errors):
        return None  # why was told
    if not blocks:
        text = f"no figures of {context.code} were found."
    elif label and not fitting:
        text = f"no row {label!r} was found.{did_you_mean(label, measures)} Rows read: {shown}."
    else:
        text = f"several tables fit: {shown}{_which(fitting, holds)}"
    context.problems.add(read.file, "", f"{text} Correct {context.key}.")
    return None


def _which(fitting: Sequence[Block], holds: Holds) -> str:
    """Say what tells several tables apart, and how to choose one."""
    sheets = list(dict.fromkeys(block.sheet for block in fitting))
    headers = list(dict.fromkeys(str(block.header) for block in fitting))
    if len(fitting) == len({block.measure for block in fitting}):
        return f". Name the row that counts: rows = {{ {holds} = {fitting[0].measure!r} }}."
    if len(sheets) > 1:
        return f" on the sheets {', '.join(sheets)}. Name the sheet that counts: sheet = {sheets[0]!r}."
    if len(headers) > 1:
        rows = ", ".join(headers)
        return f" under headings in rows {rows}. Name the one that counts: header_row = {headers[0]}."
    return ". Give each row a label of its own."


def _in_euro(block: Block, budgets: Budgets, context: Context) -> Iterator[Figure]:
    """Figures of the state in EUR million: at the case's exchange rate, or as a share of its GDP."""
    for figure in block.figures:
        if figure.code != context.code:
            continue
        rate = _rate(figure, budgets, context)
        if rate is not None:
            yield replace(figure, value=figure.value * rate, factor=figure.factor * rate)


def _rate(figure: Figure, budgets: Budgets, context: Context) -> float | None:
    """Return EUR million for one of the file's millions (or per share of GDP); None where unknown."""
    currency, own = figure.unit.split(" ")[0], _own_currency(context)
    year = [int(figure.item)]
    if currency == "EUR":
        return 1.0
    if (figure.code, currency) in FIXED and currency != own:
        rate = FIXED[figure.code, currency]
        text = f"figures in {currency} are turned into euro at the fixed rate of {rate}."
        context.problems.warn(figure.file, figure.sheet, text)
        return 1.0 / rate
    if figure.unit == "% of GDP":
        rate = budgets.wide("gdp", [figure.code], year)[0, 0]
    elif currency == own:
        rate = 1.0 / budgets.wide("exchange", [figure.code], year)[0, 0]
    else:
        return None  # why was told
    if math.isnan(rate):
        table = "gdp" if figure.unit == "% of GDP" else "exchange"
        years = budgets.years(table)
        text = f"{figure.code} {figure.item} needs the table {table}, which holds {years[0]} to {years[-1]}."
        context.problems.warn(figure.file, figure.address, f"{text} Left out.")
        return None
    return float(rate)


def _with_plan(budgets: Budgets, figures: Sequence[Figure], context: Context, base_year: int) -> Budgets:
    """Put a state's own plan in the place of all others; years before the base year are of no use to it."""
    ours = [_plan(figure, context) for figure in figures if int(figure.item) >= base_year]
    for plan in ours:
        for other in budgets.plans:
            if other.use and (other.code, other.year) == (plan.code, plan.year):
                told = f"own plan {plan.amount:,.1f} EUR million replaces {other.amount:,.1f}"
                text = f"{plan.code} {plan.year}: {told} ({other.series}; {other.cell})."
                context.problems.warn(plan.cell.split(",")[0], "", text)
    _tell_dropped(budgets, ours, context)
    if ours and base_year not in {plan.year for plan in ours}:
        ours.insert(0, _start(budgets, ours[0], base_year, context))
    reason = f"Replaced by the state's own plan ({context.mapping.file})" if context.mapping else ""
    others = tuple(
        replace(plan, use=False, reason=reason) if plan.code == context.code and plan.use else plan
        for plan in budgets.plans
    )
    return replace(budgets, plans=(*others, *ours))


def _tell_dropped(budgets: Budgets, ours: Sequence[Plan], context: Context) -> None:
    """Warn of later years for which another plan stood and the state's own has no figure."""
    planned = {plan.year for plan in ours}
    first = min(planned, default=math.inf)
    dropped = {plan.year for plan in budgets.plans if plan.use and plan.code == context.code} - planned
    years = ", ".join(str(year) for year in sorted(dropped) if year > first)
    if years and context.mapping:
        text = f"{context.code}: the own plan has no figure of {years}; what stood there no longer counts."
        context.problems.warn(context.mapping.file, "", text)


def _plan(figure: Figure, context: Context) -> Plan:
    mapping = context.mapping
    assert mapping is not None
    national = figure.unit.split(" ")[0]
    return Plan(
        code=figure.code,
        year=int(figure.item),
        amount=figure.value,
        amount_national=None,
        currency=national,
        series=SERIES,
        definition=mapping.definition or figure.table,
        status=mapping.status,
        use=True,
        reason="",
        as_of=mapping.as_of,
        source=mapping.source or mapping.file,
        confidence="C",
        cell=figure.place,
        weight=mapping.weight,
    )


def _start(budgets: Budgets, first: Plan, base_year: int, context: Context) -> Plan:
    """Return base-year spending as the start of a plan that does not state it, which is told."""
    figure = budgets.figure("spending", context.code, base_year)
    amount = math.nan if figure is None else figure.value
    place = "" if figure is None else figure.place
    told = f"it starts from spending {amount:,.1f} EUR million ({place})"
    text = f"{context.code}: the plan has no {base_year}; {told}."
    context.problems.warn(first.cell.split(",")[0], "", text)
    return replace(first, year=base_year, amount=amount, cell=place, status="voted")


def _with_figures(budgets: Budgets, table: str, figures: Sequence[Figure], context: Context) -> Budgets:
    """Put a state's own figures of a table in the place of those it had."""
    for figure in figures:
        other = budgets.figure(table, figure.code, figure.item)
        if other is not None and not math.isclose(other.value, figure.value, rel_tol=1e-9):
            told = f"own {table} {figure.value:,.1f} EUR million replaces {other.value:,.1f}"
            text = f"{figure.code} {figure.item}: {told} ({other.place})."
            context.problems.warn(figure.file, figure.address, text)
    kept = tuple(one for one in budgets.figures if (one.table, one.code) != (table, context.code))
    return replace(budgets, figures=(*kept, *(replace(figure, table=table) for figure in figures)))
