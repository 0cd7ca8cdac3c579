"""Breaking points: the least unlikely way into red of each state, each driver alone, what would mend it."""

from collections.abc import Iterator

from forecaster.drivers.breaking import AGREEMENT, LEAST, BreakingPoint
from forecaster.findings.breaking import agreement, headline, ranked, sentence
from forecaster.report import places
from forecaster.report.formulas import link, ratio
from forecaster.report.places import Place
from forecaster.report.sheet import Cell, Cells, Column, Formula, Notes, Row, Sheet, Table, formula
from forecaster.run import Run
from forecaster.sheets.assumptions import threshold
from forecaster.sheets.strain import STRAIN
from models.breaking import GROUPS, Faced
from models.remedies import BLOCKS, DELAY, GRANT, LADDERS, SHARE
from models.shocks import BLOCK

NAME = "Breaking points"
RULES = Cells(NAME, "rules")
POINTS = Cells(NAME, "points")
THERE = Cells(NAME, "there")
REMEDIES = Cells(NAME, "remedies")
ALONE = Cells(NAME, "alone")

RULE_FACTOR, RULE_LEAST, RULE_PATHS, RULE_WISHED = "factor", "least", "paths", "wished"

HEADS = (Column("code", "state"), Column("name", "name"), Column("year", "year", "year", width=7))
"""What names a state and its year in every table."""

FACED = (
    ("budget", "defence budget", "EUR m"),
    ("share", "share invested", "share"),
    ("cost", "cost of contracts signed before", "factor"),
    ("call", "net call", "EUR m"),
)
"""Measures shown without shocks and at the break: title, unit."""

UNITS = {"budget": "share", "gdp": "share", "cost": "share", "share": "points", "call": "EUR m"}
"""Measure -> unit of its move."""

TOP = ("first", "second", "third")


def breaking_points(run: Run) -> Sheet:
    """Return the sheet of breaking points; empty where they were not looked for."""
    title = "Breaking points: what would turn each state red"
    question = "Which least unlikely combination of shocks breaks each state, and what would prevent it?"
    found = _shown(run)
    if not found:
        return Sheet(NAME, title, question)
    points = tuple(point for _, point in found)
    blocks = (
        Notes("", (headline(points), agreement(points)), strong=True),
        Notes(_heading(points), tuple(_sentences(found))),
        _rules(run),
        _points(run, found),
        _there(found),
        _remedies(found),
        _alone(found),
    )
    return Sheet(NAME, title, question, blocks)


def _heading(points: tuple[BreakingPoint, ...]) -> str:
    """Which year the sentences are about."""
    never = sum(point.simulated == 0.0 for point in points)
    other = f"; that of the highest mean strain for {never} red on no path" if never else ""
    return f"In words: the year in which each state is red most often{other}"


def _shown(run: Run) -> list[tuple[Place, BreakingPoint]]:
    by_code = {point.code: point for point in run.breaking}
    return [(place, by_code[place.code]) for place in places.states(run) if place.code in by_code]


def _sentences(found: list[tuple[Place, BreakingPoint]]) -> Iterator[str]:
    for place, point in sorted(found, key=lambda one: -one[1].simulated):
        yield sentence(point, place.name)


def _rules(run: Run) -> Table:
    """Return what the formulas below go by."""
    columns = (Column("rule", "rule"), Column("value", "value"), Column("status", "status"))
    wished = run.case.assumptions.strain.wished
    asked = link(threshold("wished"), wished.value)
    rows = (
        Row(RULE_FACTOR, (RULE_FACTOR, AGREEMENT, "judgement"), "factor", role="assumption"),
        Row(RULE_LEAST, (RULE_LEAST, float(LEAST), "judgement"), "paths", role="assumption"),
        Row(RULE_PATHS, (RULE_PATHS, float(run.statistics.paths), "run"), "paths", role="simulated"),
        Row(RULE_WISHED, (RULE_WISHED, asked, "assumed"), "probability"),
    )
    notes = (
        (
            "factor: within which the first-order probability agrees with the simulated one; least: paths in "
            "red below which a frequency tells too little; wished: probability of red that remedies aim at, "
            f"strain.wished on the sheet Assumptions ({wished.status})."
        ),
    )
    return Table(RULES.table, "What the tables below go by", columns, rows, notes)


def _points(run: Run, found: list[tuple[Place, BreakingPoint]]) -> Table:
    columns = (
        *HEADS,
        Column("index", "distance", "deviations", "simulated"),
        Column("probability", "first-order P(red)", "probability", "simulated"),
        Column("simulated", "simulated P(red)", "probability"),
        Column("ratio", "first-order over simulated", "factor"),
        Column("verdict", "first order"),
        *(
            column
            for name in TOP
            for column in (
                Column(name, f"{name} driver"),
                Column(f"{name} share", "importance", "share", "simulated"),
            )
        ),
        Column("rest", "all others", "share"),
    )
    rows = tuple(_point_row(run, place, point) for place, point in found)
    notes = (
        (
            "A path of the model is a vector of independent standard normal shocks. Distance: length of the "
            "shortest vector that brings strain to the red threshold in this year, in standard deviations; "
            "negative where the median is red. First-order P(red): normal probability beyond that distance, "
            "exact where strain is linear in the shocks (Hasofer and Lind 1974). Importance: share of each "
            "driver in the squared distance."
        ),
        (
            "Held fixed in the search: who takes part in a contract is a draw of yes or no; the state bears "
            "its mean share of each. The simulated probability has that draw in it. Where the two differ, "
            "take the simulated one."
        ),
        (
            "The sentences above name first what moves strain most. A shock to the budget moves the share "
            "invested as well, so that their order need not be that of the drivers."
        ),
    )
    return Table(POINTS.table, "The least unlikely break of each state", columns, rows, notes, keys=2)


def _point_row(run: Run, place: Place, point: BreakingPoint) -> Row:
    key = point.code
    code, year = (POINTS.at(key, column).fix("column") for column in ("code", "year"))
    red, first_order = POINTS.at(key, "simulated"), POINTS.at(key, "probability")
    first = ranked(point)[: len(TOP)]
    shares = [POINTS.at(key, f"{name} share") for name in TOP]
    cells: tuple[Cell, ...] = (
        point.code,
        place.name,
        point.year,
        point.index if point.reached else None,
        point.probability if point.reached else None,
        STRAIN.looked_up(run, "red", code, year, point.simulated),
        ratio(first_order, red, (point.probability, point.simulated)) if point.reached else None,
        _verdict(point),
    )
    if not point.reached:
        return Row(key, (*cells, *([None] * (2 * len(TOP) + 1))))
    top = [cell for name in first for cell in (name, point.importance[name])]
    rest = 1.0 - sum(point.importance[name] for name in first)
    others = formula("1-{0}-{1}-{2}", *shares, value=rest)
    return Row(key, (*cells, *top, others))


def _verdict(point: BreakingPoint) -> Cell:
    if not point.reached:
        return point.verdict
    red, first_order = (POINTS.at(point.code, name) for name in ("simulated", "probability"))
    rules = (RULES.at(name, "value").fix() for name in (RULE_PATHS, RULE_LEAST, RULE_FACTOR))
    text = 'IF({0}*{2}<{3},"too rare to tell",IF(MAX({1}/{0},{0}/{1})<={4},"agrees","differs"))'
    return formula(text, red, first_order, *rules, value=point.verdict)


def _there(found: list[tuple[Place, BreakingPoint]]) -> Table:
    """Return what each state faces without shocks and at its break."""
    columns = (
        *HEADS,
        *(
            column
            for key, title, unit in FACED
            for column in (
                Column(f"{key} median", f"{title}, no shock", unit, "simulated"),
                Column(f"{key} there", "at the break", unit, "simulated"),
                Column(f"{key} move", "move", UNITS[key]),
            )
        ),
    )
    rows = tuple(
        Row(
            point.code,
            (
                point.code,
                place.name,
                point.year,
                *(cell for key, _, _ in FACED for cell in _before_after(point, key)),
            ),
        )
        for place, point in found
        if point.reached
    )
    notes = (
        (
            "The model with all shocks at zero and at the least unlikely break. Without shocks a figure need "
            "not be the median of all paths, which is P50 on the sheets Budgets and Calls: least of all the "
            "net call. Moves: of budget and cost relative, of the share invested in points, of the net call "
            "in EUR million. Cost: what contracts signed before cost in the year over what was signed for."
        ),
    )
    return Table(THERE.table, "What each state faces there", columns, rows, notes, keys=2)


def _before_after(point: BreakingPoint, measure: str) -> tuple[Cell, Cell, Formula]:
    before, after = (_value(faced, measure) for faced in (point.median, point.point))
    cells = (THERE.at(point.code, f"{measure} median"), THERE.at(point.code, f"{measure} there"))
    match UNITS[measure]:
        case "share":
            move = formula("{1}/{0}-1", *cells, value=after / before - 1.0)
        case "points":
            move = formula("100*({1}-{0})", *cells, value=100.0 * (after - before))
        case _:
            move = formula("{1}-{0}", *cells, value=after - before)
    return before, after, move


def _value(faced: Faced[float], measure: str) -> float:
    value: float = getattr(faced, measure)
    return value


def _remedies(found: list[tuple[Place, BreakingPoint]]) -> Table:
    titles = {SHARE: "points more invested", GRANT: "EU's share of contracts", DELAY: "months later"}
    units = {SHARE: "points", GRANT: "share", DELAY: "months"}
    columns = (
        *HEADS,
        *(
            column
            for name in LADDERS
            for column in (
                Column(name, titles[name], units[name], "simulated"),
                Column(f"{name} left", "P(red) then", "probability", "simulated"),
            )
        ),
    )
    rows = tuple(
        Row(point.code, (point.code, place.name, point.year, *_needed(point))) for place, point in found
    )
    most, latest = 100 * LADDERS[SHARE].most, LADDERS[DELAY].most
    notes = (
        (
            "The smallest amount of one remedy at a time that brings P(red) of the year down to the value "
            f"wished for, on the first {BLOCKS * BLOCK:,} paths of the run (all where there are fewer). "
            "'no': even the most tried does not, and P(red) is that with the most. 0: it is there "
            "already."
        ),
        (
            f"Points more invested: of the budget, in every year, at most {most:.0f}; plans and "
            "contracts signed before follow as they do on any path. EU's share of contracts: at least so "
            "much of every contract of the programme, the same grants setting off smaller contracts. Months "
            f"later: between call and award, at most {latest:.0f}; the law allows only the first, as "
            "what is committed in one year must be signed for by the end of the next (Financial Regulation, "
            "Article 114(2)). The last two move the programme alone: where most of the strain has other "
            "reasons they cannot be enough."
        ),
    )
    return Table(REMEDIES.table, "What would bring P(red) down", columns, rows, notes, keys=2)


def _needed(point: BreakingPoint) -> Iterator[Cell]:
    for remedy in point.remedies:
        scale = 100.0 if remedy.name == SHARE else 1.0
        yield "no" if remedy.needed is None else scale * remedy.needed
        yield remedy.probability


def _alone(found: list[tuple[Place, BreakingPoint]]) -> Table:
    columns = (
        *HEADS,
        *(
            column
            for name, group in GROUPS.items()
            for column in (
                Column(name, name, "deviations", "simulated"),
                Column(f"{name} move", "move", UNITS[group.measure], "simulated"),
            )
        ),
    )
    rows = tuple(
        Row(point.code, (point.code, place.name, point.year, *_limits(point))) for place, point in found
    )
    told = "; ".join(f"{name}: {group.told}" for name, group in GROUPS.items() if name != group.told)
    notes = (
        (
            "How far one driver by itself must move, all others at their median, to bring strain to the red "
            "threshold: in standard deviations, and in its own unit (shares are relative to the median, "
            "points are of the budget). 'no': nothing within eight standard deviations does it alone. What "
            f"moves: {told}."
        ),
    )
    return Table(ALONE.table, "Each driver alone", columns, rows, notes, keys=2)


def _limits(point: BreakingPoint) -> Iterator[Cell]:
    for limit in point.limits:
        scale = 100.0 if UNITS[GROUPS[limit.group].measure] == "points" else 1.0
        yield limit.distance if limit.reached else "no"
        yield scale * limit.move if limit.reached else None
