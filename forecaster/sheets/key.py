"""Key: colours, signs, units, marks and words."""

from forecaster.findings.red import beyond
from forecaster.report.sheet import Cells, Column, Formula, Light, Notes, Ref, Row, Sheet, Table, formula
from forecaster.report.styles import FILLS, HEAT, WORDS, percent
from forecaster.run import Run
from forecaster.sheets import calls, effects, judgements, money, strain

NAME = "Key"
STEPS = Cells(NAME, "heat")

SELDOM = "hardly ever"
OFTEN = dict(zip((step[0] for step in HEAT), ("likely", "often", "sometimes", "rarely"), strict=True))
"""Step of the heat map -> how probable that is, in a word."""

SIGNS = (
    (
        "Money: EUR million at current prices (EUR m), unless a unit says otherwise. Shares are shown as "
        "per cent; points are percentage points. Years are calendar years, and a year stands in the same "
        "column on every sheet that has years across."
    ),
    (
        "A number is shown to its last place alone: 0.0 is not zero but less than half of that place, above "
        "or below zero; what is zero reads 0. An assumption is shown to its last digit."
    ),
    "Plus: paid or called for. Minus: received or saved. Blank: missing or not applicable, never zero.",
    (
        "Percentiles (P5 to P95): so many of a hundred simulated paths lie below. They are never added "
        "up: the union's percentiles come from adding up the states on each path first. Means may be "
        "added."
    ),
    (
        "Names of columns and rows say what is simulated, read, assumed or a formula; colour only "
        "repeats it. Under a title, mixed means rows of several kinds: those without colour are formulas."
    ),
)

GLOSSARY = (
    ("additionality", "share of EU payments that raises national contributions; 0 where money is redeployed"),
    (
        "amber, red",
        "strain above the first, the second threshold; red: promises exceed {money}, not 'cannot pay'",
    ),
    ("co-financing", "what states pay of contracts at planned cost, before grants that they receive"),
    ("commitment", "EU money promised to a line; payment follows over years"),
    ("decommitted", "EU money that finds no payment by the deadline and lapses"),
    ("driver", "what is drawn at random on each path: budgets, prices, delays, exchange rates and the like"),
    ("escape clause", "leave to pass the path of net expenditure for defence, in years the Council named"),
    ("gap", "promises beyond investment money, zero where they fit"),
    ("gross call", "what flows from a state's defence investment into contracts of the programme"),
    ("horizon", "the years shown; what falls later is told apart, as after the horizon"),
    ("investment", "equipment and research and development, the part of a defence budget that buys things"),
    ("joint draws", "all states on the same simulated path, so that sums are sums of what happens together"),
    ("lever", "what a scenario turns; the baseline turns none"),
    ("money to invest", "investment money: investment, with the SAFE loans that come on top of a budget"),
    ("net call", "what changes for a state's defence investment because of the programme"),
    ("net expenditure", "spending that the fiscal rules limit, by a path agreed with the Council"),
    ("obligations", "promises: signed before + net call"),
    ("output gap", "how far output is from what an economy can keep up; it opens with shocks and fades"),
    (
        "own resources",
        "national contributions to the EU budget; each further euro goes by gross national income",
    ),
    ("P(red)", "probability of red: share of paths on which strain is above the red threshold"),
    ("path", "one simulated future; all scenarios see the same paths"),
    ("pledge", "the allies' aim for core defence spending, as a share of GDP"),
    ("points of GDP", "deviation of a balance or debt from its published path, in per cent of GDP"),
    ("published path", "balance, debt and interest as the IMF foresees them; its last year holds beyond"),
    ("SAFE", "EU loans for defence purchases; money and debt service at once"),
    ("signed before", "payments due on contracts that exist without the programme"),
    ("strain", "(signed before + net call) / investment"),
    ("treasury call", "own resources + service of SAFE loans + interest of the Ukraine loan"),
    ("upkeep", "yearly cost of using and maintaining what contracts have delivered"),
)


def key(run: Run) -> Sheet:
    """Return the sheet that explains the others."""
    return Sheet(
        NAME,
        "Key: colours, signs, units, words",
        "How is this workbook to be read?",
        (Notes("Signs and units", SIGNS), _roles(), _words(), _heat(), _glossary(run), *_columns(run)),
    )


def _columns(run: Run) -> tuple[Notes, ...]:
    """What would take too much of a screen above long tables, whose titles stay in view."""
    told = {
        calls.NAME: calls.NOTES,
        strain.NAME: strain.notes(run),
        money.NAME: money.NOTES,
        **({effects.NAME: effects.NOTES} if run.drivers else {}),
        judgements.NAME: judgements.notes(run),
    }
    return tuple(Notes(f"The sheet {name}", lines) for name, lines in told.items())


def _roles() -> Table:
    rows = tuple(
        Row(role, (role, 1.0, meaning), "plain number", role=role)
        for role, (_, _, meaning) in FILLS.items()
        if role not in {"text", "link"}
    )
    columns = (Column("role", "kind"), Column("sample", "sample"), Column("meaning", "meaning"))
    return Table("roles", "Kinds of number", columns, rows)


def _words() -> Table:
    columns = (Column("word", "word"), Column("blank", ""), Column("meaning", "meaning"))
    rows = tuple(Row(word, (word, None, WORD_MEANINGS[word])) for word in WORDS)
    return Table("words", "Words in colour", columns, rows, lights=(Light("words", ("word",)),))


WORD_MEANINGS = {
    "PASS": "a control holds",
    "FAIL": "a control does not hold; the Checks sheet says which",
    "green": "median strain up to the amber threshold",
    "amber": "median strain above the amber and up to the red threshold",
    "red": "median strain above the red threshold",
    "yes": "needs attention, as the column's title says",
}


def _heat() -> Table:
    steps = [step[0] for step in reversed(HEAT)]
    uppers = [*(f"up to {percent(above)}" for above in steps[1:]), "and more"]
    rows = tuple(
        Row(step, (f"from {percent(step)}", step, upper, OFTEN[step]), "share")
        for step, upper in zip(steps, uppers, strict=True)
    )
    columns = (
        Column("from", "step"),
        Column("share", "share"),
        Column("to", "reaches"),
        Column("word", "in words"),
    )
    notes = (
        "Fixed steps for probabilities, the same in every report; on Drivers for shares of variance too.",
        f"Below the first a cell stays white: {SELDOM}.",
    )
    return Table(STEPS.table, "Heat map", columns, rows, notes, lights=(Light("heat", ("share",)),))


def in_words(probability: Ref, value: float) -> Formula:
    """Return a formula that says in a word how probable something is."""
    steps = [step[0] for step in reversed(HEAT)]
    shares, words = (STEPS.down(column, steps[0], steps[-1]).fix() for column in ("share", "word"))
    reached = [step for step in steps if value >= step]
    return formula(
        f'IF({{0}}<{{1}},"{SELDOM}",INDEX({{2}},MATCH({{0}},{{3}},1)))',
        probability,
        shares.first,
        words,
        shares,
        value=OFTEN[reached[-1]] if reached else SELDOM,
    )


def _glossary(run: Run) -> Table:
    rows = tuple(
        Row(word, (word, None, meaning.format(money=beyond(run, "money")))) for word, meaning in GLOSSARY
    )
    columns = (Column("word", "word"), Column("blank", ""), Column("meaning", "meaning"))
    return Table("glossary", "Glossary", columns, rows)
