"""Accuracy: how good the forecasts of budgets would have been in the past, and when they were not."""

from forecaster.findings import panel_name, trust
from forecaster.forecasts.backtest import FIRST_ORIGIN, shortage
from forecaster.report.sheet import (
    Cell,
    Cells,
    Chart,
    Column,
    Formula,
    Notes,
    Row,
    Series,
    Sheet,
    Table,
    formula,
)
from forecaster.report.styles import percent
from forecaster.run import Run
from models.accuracy import BLOCK_YEARS, FLOORS, REFERENCE, Backtest, Miss, Score
from models.hindcast import Replay

NAME = "Accuracy"
SKILL = Cells(NAME, "skill")
HORIZONS = Cells(NAME, "horizons")
TENTHS = Cells(NAME, "tenths")
TOTAL = Cells(NAME, "total")
REPLAYS = Cells(NAME, "replays")
MISSES = Cells(NAME, "misses")

CLEAR = 0.05
"""p-value below which a difference between two methods is called clear [share]."""

DIGITS = 9
"""Significant digits that are the same on every machine."""

DEPENDENCE = {
    "none": "states independent",
    "assumed": "correlation assumed (dependence.budget_rho)",
    "estimated": "correlation of this panel",
}
"""Dependence between states -> what a reader sees."""


def accuracy(run: Run) -> Sheet:
    """Return the sheet of the backtest, or of the reason why there is none."""
    found = run.accuracy
    title = "Accuracy: how good were such forecasts in the past?"
    question = "Can the ranges of the defence budgets be believed, and when could they not?"
    if found is None:
        return Sheet(NAME, title, question, (Notes("No backtest", (shortage(run.case),)),))
    blocks = (
        Notes("What it means", trust(run, found), strong=True),
        Notes("How it was done", _how(run, found)),
        _skill(found),
        _horizons(found),
        _histogram(found),
        _tenths(found),
        _total(found),
        _misses(run, found),
        _replays(found),
    )
    return Sheet(NAME, title, question, blocks)


def _skill(found: Backtest) -> Table:
    reference = next(score for score in found.scores if score.method == REFERENCE)
    rows = tuple(_skill_row(score, reference) for score in found.scores)
    columns = (
        Column("method", "method"),
        Column("cells", "forecasts", "count", "simulated"),
        _measured("rcrps", "error (CRPS) over the last value", "share"),
        Column("skill", "skill", "share"),
        _measured("low", "skill, 90 % interval from", "share"),
        _measured("high", "to", "share"),
        _measured("cover80", "inside 80 % range", "share"),
        _measured("cover95", "inside 95 % range", "share"),
        _measured("calibration", "calibration error", "share"),
        _measured("msis", "MSIS, 95 % range", "ratio"),
        _measured("mase", "MASE, median", "ratio"),
        _measured("better", "Diebold- Mariano", "statistic"),
        _measured("p", "p-value", "probability"),
        Column("word", "against the method used"),
    )
    notes = (
        (
            "The method used, then its alternatives; Past says what each does. Skill: part of the error "
            "of the random walk with drift in levels that is saved; its interval by drawing blocks of "
            f"{BLOCK_YEARS} origins again."
        ),
        (
            "CRPS: mean distance of the whole forecast distribution from what came. MSIS, MASE: width and "
            "misses of the 95 % range, error of the median, both over the usual yearly change. Calibration "
            f"error: mean distance of cover from promise. Clear: p-value under {percent(CLEAR)}."
        ),
    )
    return Table(SKILL.table, "The method beside its alternatives", columns, rows, notes)


def _skill_row(score: Score, reference: Score) -> Row:
    error, other = _rounded(score.rcrps), _rounded(reference.rcrps)
    errors = (SKILL.at(name, "rcrps") for name in (score.method, REFERENCE))
    own, least = next(errors), next(errors).fix()
    cells: tuple[Cell, ...] = (
        score.method,
        score.cells,
        error,
        formula("1-{0}/{1}", own, least, value=1.0 - error / other),
        *map(
            _rounded,
            (
                score.skill_low,
                score.skill_high,
                score.cover80,
                score.cover95,
                score.calibration,
                score.msis,
                score.mase,
            ),
        ),
        *((_rounded(score.better), _rounded(score.p_value)) if score.better else (None, None)),
        _against(score),
    )
    return Row(score.method, cells)


def _against(score: Score) -> str:
    if score.better == 0.0:
        return "the method used"
    how = "clearly" if score.p_value < CLEAR else "not clearly"
    return f"{how} {'worse' if score.better > 0.0 else 'better'}"


def _horizons(found: Backtest) -> Table:
    covers = zip(found.horizons, found.cover80, found.cover95, found.rho, strict=True)
    rows = tuple(_horizon_row(ahead, inner, outer, rho) for ahead, inner, outer, rho in covers)
    columns = (
        Column("ahead", "years ahead", "years", "simulated"),
        _measured("inner", "inside 80 % range", "share"),
        Column("inner promised", "promised", "share"),
        Column("inner off", "off by", "points"),
        _measured("outer", "inside 95 % range", "share"),
        Column("outer promised", "promised", "share"),
        Column("outer off", "off by", "points"),
        _measured("rho", "correlation of states", "correlation"),
    )
    notes = ("The method used. Correlation of the errors of two states, estimated here and shrunk.",)
    return Table(HORIZONS.table, "Cover by horizon", columns, rows, notes)


def _horizon_row(ahead: int, inner: float, outer: float, rho: float) -> Row:
    cells: list[Cell] = [float(ahead)]
    for name, cover, promised in (("inner", inner, 0.80), ("outer", outer, 0.95)):
        found = _rounded(cover)
        references = HORIZONS.at(ahead, name), HORIZONS.at(ahead, f"{name} promised")
        cells += [
            found,
            promised,
            formula("100*({0}-{1})", *references, value=100.0 * (found - promised)),
        ]
    return Row(ahead, (*cells, _rounded(rho)))


def _tenths(found: Backtest) -> Table:
    number = len(found.histogram)
    rows = tuple(
        Row(i, (f"{100 * i // number} to {100 * (i + 1) // number} %", _rounded(part), 1.0 / number))
        for i, part in enumerate(found.histogram)
    )
    columns = (
        Column("tenth", "part of the forecast distribution"),
        _measured("share", "outcomes in it", "share"),
        Column("promised", "promised", "share"),
    )
    notes = ("Probability integral transform (PIT): equal parts if the forecasts were perfect.",)
    return Table(TENTHS.table, "Where outcomes fell", columns, rows, notes)


def _histogram(found: Backtest) -> Chart:
    last = len(found.histogram) - 1
    return Chart(
        title="Where outcomes fell in their forecast distributions: flat is right",
        years=TENTHS.down("tenth", 0, last),
        bands=(),
        lines=(Series("promised", TENTHS.down("promised", 0, last), "red"),),
        unit="share of outcomes",
        description=(
            "Columns: share of past outcomes in each tenth of their forecast distribution; a line at what "
            "a perfect forecast gives. High ends mean ranges too narrow, a high middle too wide."
        ),
        bars=(Series("outcomes", TENTHS.down("share", 0, last), "inner"),),
        across="tenth of the forecast distribution, from the lowest values to the highest",
    )


def _total(found: Backtest) -> Table:
    rows = tuple(
        Row(
            one.dependence,
            (DEPENDENCE[one.dependence], *map(_rounded, (one.rcrps, one.cover80, one.cover95))),
        )
        for one in found.joint
    )
    columns = (
        Column("dependence", "states taken as"),
        _measured("rcrps", "error (CRPS) over the last value", "share"),
        _measured("inner", "inside 80 % range", "share"),
        _measured("outer", "inside 95 % range", "share"),
    )
    notes = (
        (
            "The total of all states, weighted by the economy of the base year, from joint draws. Both "
            "correlations were set with these outcomes in view, not year by year."
        ),
    )
    return Table(TOTAL.table, "The total of all states", columns, rows, notes)


def _misses(run: Run, found: Backtest) -> Table:
    rows = tuple(_miss_row(run, i, miss) for i, miss in enumerate(found.misses))
    columns = (
        Column("code", "state"),
        Column("name", "name"),
        Column("origin", "forecast from", "year", "simulated"),
        Column("year", "for", "year", "simulated"),
        Column("outcome", "what came", "share of GDP", "input"),
        _measured("low", "95 % range from", "share of GDP"),
        _measured("median", "median", "share of GDP"),
        _measured("high", "95 % range to", "share of GDP"),
        Column("size", "came over median", "share"),
        _measured("score", "normal score", "deviations"),
    )
    notes = (
        (
            "At most one for each state and year, the worst first. Normal score: how many standard "
            "deviations off; 4.5 is the end of the scale. The file gives no reasons, and none is invented "
            "here."
        ),
    )
    return Table(MISSES.table, f"The {len(rows)} worst misses", columns, rows, notes)


def _miss_row(run: Run, key: int, miss: Miss) -> Row:
    outcome, median = _rounded(miss.outcome), _rounded(miss.median)
    size = formula(
        "{0}/{1}-1", MISSES.at(key, "outcome"), MISSES.at(key, "median"), value=outcome / median - 1.0
    )
    years = float(miss.origin), float(miss.year)
    ends = _rounded(miss.low), median, _rounded(miss.high)
    code = run.case.budgets.panel_codes()[miss.row]
    return Row(key, (code, panel_name(run, miss.row), *years, outcome, *ends, size, _rounded(miss.score)))


def _replays(found: Backtest) -> Table:
    rows = tuple(_replay_row(replay) for replay in found.replays)
    floors = ", ".join(f"{100 * floor:.0f}" for floor in FLOORS)
    columns = (
        Column("origin", "forecast from", "year", "simulated"),
        Column("cells", "forecasts", "count", "simulated"),
        _measured("forecast", "forecast probability, mean", "probability"),
        _measured("happened", "happened", "share"),
        _measured("brier", "Brier score", "score"),
        _measured("climatology", "Brier score of past frequency", "score"),
        Column("skill", "saved against it", "share"),
    )
    notes = (
        (
            "How well a shortfall is foreseen one to three years on: the budget's share of GDP falls below "
            f"the part of its own median that is signed for ({floors} %). Brier score: 0 is best; past "
            f"frequency: how often it had happened up to then. It happened in {_how_often(found)} of the "
            "forecasts: the rarer, the less there is to score."
        ),
    )
    return Table(REPLAYS.table, "Shortfalls foreseen", columns, rows, notes)


def _how_often(found: Backtest) -> str:
    """How many of all forecasts of a shortfall saw one."""
    cells = sum(replay.cells for replay in found.replays)
    return percent(sum(replay.happened * replay.cells for replay in found.replays) / cells if cells else 0.0)


def _replay_row(replay: Replay) -> Row:
    brier, usual = _rounded(replay.brier), _rounded(replay.climatology)
    saved = _saved(replay.origin, brier, usual)
    cells = (float(replay.origin), replay.cells, _rounded(replay.forecast), _rounded(replay.happened))
    return Row(replay.origin, (*cells, brier, usual, saved))


def _saved(origin: int, brier: float, usual: float) -> Formula:
    """Part of the Brier score of past frequency that the forecast saves; a word where that is zero."""
    own, other = (REPLAYS.at(origin, name) for name in ("brier", "climatology"))
    value = 1.0 - brier / usual if usual else "no event"
    return formula('IF({1}=0,"no event",1-{0}/{1})', own, other, value=value)


def _how(run: Run, found: Backtest) -> tuple[str, ...]:
    budgets = run.case.budgets
    known = budgets.years_until("panel", run.case.assumptions.run.base_year)
    first, last = min(year for year in known if year >= FIRST_ORIGIN), known[-1]
    return (
        (
            f"{found.scores[0].cells:,} forecasts of defence spending as a share of GDP: the "
            f"{len(budgets.panel_codes())} series of the reference panel, from each year {first} to "
            f"{last - 1}, 1 to {found.horizons[-1]} years ahead, outcomes to {last}."
        ),
        (
            "Each uses what was known up to its year and nothing later; the method's few settings were "
            "chosen with these figures in view, and tried on other countries (models/FORECASTING.md of the "
            "program). Plans and pledges are no part of this test: past ones are not in the inputs."
        ),
    )


def _measured(key: str, title: str, unit: str) -> Column:
    return Column(key, title, unit, "simulated")


def _rounded(value: float) -> float:
    """Return a number with the digits that do not depend on the machine."""
    return float(f"{float(value):.{DIGITS}g}")
