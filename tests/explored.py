"""What the Explorer sheet of a workbook shows, against a run, after other picks in its two cells."""

import itertools
import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.sax.saxutils import escape

import openpyxl
import pytest
from openpyxl.utils.cell import get_column_letter
from recalculate import all_recalculated

from forecaster.report.fans import PERCENTILES
from forecaster.report.layout import Layout
from forecaster.report.sheet import Cells, Ref
from forecaster.run import Run
from forecaster.sheets import calls, explorer
from forecaster.sheets.explorer import charts, curve, picks
from models.arrays import UNION, Floats

WIDEST = 60
"""More columns than the sheet has: rows are read as far as they are filled."""


@dataclass(frozen=True)
class Shown:
    """What the Explorer sheet of a workbook shows, by table, row and column. rows: its values."""

    layout: Layout
    rows: list[tuple[object, ...]]

    def at(self, ref: Ref) -> object:
        row, column = self.layout.place(ref)
        return self.rows[row][column]

    def across(self, cells: Cells, row: object, years: tuple[int, ...]) -> list[object]:
        return [self.at(cells.at(row, year)) for year in years]


def expected(run: Run, scenario: str, code: str) -> dict[tuple[Cells, str], Floats]:
    """What the run has in the rows that every scenario keeps."""
    found = run.statistics
    red, without = (found.probability(event, scenario, code) for event in ("red", "red_without"))
    net, gap = (found.percentiles(metric, scenario, code) for metric in ("net_call", "gap"))
    rows = {
        (charts.STRAIN, "red"): red,
        (charts.STRAIN, "amber"): found.probability("amber", scenario, code),
        (charts.STRAIN, "effect"): 100.0 * (red - without),
        (charts.STRAIN, "without P95"): found.percentiles("strain_without", scenario, code)[:, 6],
        (charts.STRAIN, "adds P50"): 100.0 * found.percentiles("strain_difference", scenario, code)[:, 3],
        (charts.MONEY, "net"): found.mean("net_call", scenario, code),
        (charts.MONEY, "gross"): found.mean("gross_call", scenario, code),
        (charts.MONEY, "own"): found.mean("eu_budget", scenario, code),
        (charts.MONEY, "safe"): found.mean("safe_service", scenario, code),
        (charts.MONEY, "net P50"): net[:, 3],
        (charts.MONEY, "gap P95"): gap[:, 6],
        (explorer.PROGRAMME, "EU payments, mean"): found.mean("payments", scenario, UNION),
        (explorer.PROGRAMME, "contract outlays, mean"): found.mean("outlay", scenario, UNION),
    }
    levels = found.percentiles("strain", scenario, code)
    return rows | {(charts.FAN, name): levels[:, i] for i, name in enumerate(PERCENTILES)}


def check(run: Run, shown: Shown, scenario: str, code: str) -> None:
    """Compare a sheet with the run, row by row."""
    for (cells, row), values in expected(run, scenario, code).items():
        assert shown.across(cells, row, run.years) == pytest.approx(list(values), abs=1e-9), row
    in_baseline = scenario == run.baseline
    for metric in calls.ITEMS:
        layer = shown.across(charts.LAYERS, metric, run.years)
        if in_baseline:
            assert layer == pytest.approx(list(run.statistics.mean(metric, scenario, code)), abs=0.01)
        else:
            assert {cell or None for cell in layer} == {None}
    gross = run.statistics.mean("gross_call", scenario, code) * (not in_baseline)
    whole = shown.across(charts.LAYERS, charts.WHOLE, run.years)
    assert whole == pytest.approx(list(gross), abs=1e-9)
    t = int(run.statistics.mean("net_call", scenario, code).argmax())
    levels = run.statistics.percentiles("net_call", scenario, code)[t]
    curved = [shown.at(curve.CURVE.at(name, "net")) for name in PERCENTILES]
    assert curved == pytest.approx(list(levels), abs=1e-9)
    assert shown.at(curve.YEAR) == run.years[t]
    assert shown.at(picks.CHOICE.at("holds", "found")) == "PASS"
    assert shown.at(picks.CODE) == code
    title = shown.at(charts.TITLES.at("fan", "title"))
    assert scenario in str(title)
    assert str(shown.at(picks.PLACE)) in str(title)


def others(run: Run, number: int) -> list[tuple[str, str]]:
    """Picks that are not the first, from all over the lists; the last is the union."""
    first = (run.baseline, picks.first(run).place.code)
    pairs = [
        pair for pair in itertools.product(run.settings.scenarios, (*run.states, UNION)) if pair != first
    ]
    return [pairs[(i + 1) * len(pairs) // number - 1] for i in range(number)]


def switched(
    layout: Layout, run: Run, book: Path, folder: Path, pairs: Sequence[tuple[str, str]]
) -> Iterator[Path]:
    """Copies of a workbook, each with another scenario and state in the two cells."""
    names = {place.code: place.name for place in picks.first(run).shown}
    for scenario, code in pairs:
        texts = {layout.place(picks.SCENARIO): scenario, layout.place(picks.PLACE): names[code]}
        yield rewritten(book, folder / f"{scenario}-{code}.xlsx", "Explorer", texts)


def rewritten(book: Path, copy: Path, sheet: str, texts: Mapping[tuple[int, int], str]) -> Path:
    """Copy a workbook with other texts in cells of a sheet that hold one, by row and column; all else stays.

    In the file itself: to read and write a workbook of the bundled case takes openpyxl fifteen seconds.
    """
    with (
        zipfile.ZipFile(book) as source,
        zipfile.ZipFile(copy, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as target,
    ):
        names = re.findall(r'<sheet name="([^"]+)"', source.read("xl/workbook.xml").decode())
        part = f"xl/worksheets/sheet{names.index(sheet) + 1}.xml"
        for item in source.infolist():
            content = source.read(item)
            target.writestr(item.filename, with_texts(content, texts) if item.filename == part else content)
    return copy


def with_texts(content: bytes, texts: Mapping[tuple[int, int], str]) -> bytes:
    """A sheet with other texts in some of its cells."""
    found = content.decode()
    for (row, column), text in texts.items():
        cell = rf'(<c r="{get_column_letter(column + 1)}{row + 1}"[^>]*) t="s"><v>[0-9]+</v>'
        other = rf'\1 t="inlineStr"><is><t>{escape(text)}</t></is>'
        found, count = re.subn(cell, other, found)
        assert count == 1, cell
    return found.encode()


def shown(layout: Layout, book: Path) -> Shown:
    """What a workbook shows; only its Explorer sheet is read."""
    file = openpyxl.load_workbook(book, data_only=True, read_only=True)
    sheet = file["Explorer"]
    sheet.reset_dimensions()
    rows = [(*row, *[None] * (WIDEST - len(row))) for row in sheet.iter_rows(values_only=True)]
    file.close()
    return Shown(layout, rows)


def switch_and_check(
    run: Run, layout: Layout, book: Path, folder: Path, pairs: Sequence[tuple[str, str]]
) -> None:
    """Pick other pairs, let LibreOffice work the sheets out and compare each with the run."""
    books = list(switched(layout, run, book, folder, pairs))
    for (scenario, code), path in zip(pairs, all_recalculated(books, folder), strict=True):
        check(run, shown(layout, path), scenario, code)
