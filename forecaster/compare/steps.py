"""A bridge drawn as steps from no change to the whole change, and the table it is drawn from."""

import math
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass

from forecaster.compare.bridge import Bars
from forecaster.compare.groups import Group
from forecaster.compare.told import seen, signed
from forecaster.report.formulas import link, number
from forecaster.report.sheet import (
    Cell,
    Cells,
    Chart,
    Column,
    Formula,
    Look,
    Ref,
    Row,
    Series,
    Table,
    formula,
)

WHOLE = "whole change"
OTHERS = "others"
"""The step of all bars that are nothing as they are shown."""

PARTS = ("base", "whole", "raised", "raised under zero", "lowered", "lowered under zero")
"""Columns the bars are drawn from: what is under a step, then the step above and under zero."""


@dataclass(frozen=True)
class Steps:
    """The bridge of one figure. source, key: the table and the row that hold its bars."""

    sheet: str
    source: Cells
    key: Hashable
    title: str
    bars: Bars
    groups: Sequence[Group]

    @property
    def cells(self) -> Cells:
        """Where the steps stand."""
        return Cells(self.sheet, f"steps of {self.title}")

    @property
    def moves(self) -> bool:
        """Whether any bar is more than nothing as it is shown."""
        return bool(self._seen)

    @property
    def _seen(self) -> dict[str, float]:
        """Label and size of each bar that is more than nothing as it is shown."""
        pairs = zip(self.groups, self.bars.steps, strict=True)
        return {group.label: step for group, step in pairs if seen(signed(step, self.bars.headline.unit))}

    @property
    def table(self) -> Table:
        """A row for each bar that is seen, one for the others, one for the whole change."""
        unit = self.bars.headline.unit
        columns = (
            Column("step", "bar"),
            Column("change", "change", unit),
            Column("from", "from", unit),
            Column("to", "to", unit),
            *(Column(part, part, unit) for part in PARTS),
        )
        notes = ("For drawing: the columns after 'to' cut each step at zero.",)
        return Table(self.cells.table, self.title, columns, tuple(self._rows()), notes)

    @property
    def chart(self) -> Chart:
        """Steps on an invisible base; the whole change stands last."""
        looks: tuple[Look, ...] = ("base", "total", "rise", "rise", "fall", "fall")
        titles = ("", WHOLE, "raises it", "", "lowers it", "")
        first, last = (*self._seen, WHOLE)[0], WHOLE

        return Chart(
            title=self.title,
            years=self.cells.down("step", first, last),
            bands=(),
            lines=(),
            unit=self.bars.headline.unit,
            description=f"{self.title}: from no change to the whole change, one step for each bar.",
            bars=tuple(
                Series(title, self.cells.down(part, first, last), look)
                for part, title, look in zip(PARTS, titles, looks, strict=True)
            ),
            across="bar",
            stacked=True,
        )

    def _rows(self) -> Iterator[Row]:
        """Each step starts where the one before it ends."""
        before: Ref | None = None
        start = 0.0
        for name, change in self._changes().items():
            begin: Cell = link(before, start) if before else 0.0
            end = start + number(change)
            yield self._row(name, (change, begin), start, end)
            before, start = self.cells.at(name, "to"), end
        ends = self.source.at(self.key, "B"), self.source.at(self.key, "A")
        whole = formula("{0}-{1}", *ends, value=self.bars.change)
        to = self._sum(WHOLE, self.bars.change)
        drawn = link(self.cells.at(WHOLE, "to"), self.bars.change)
        yield Row(WHOLE, (WHOLE, whole, 0.0, to, 0.0, drawn, 0.0, 0.0, 0.0, 0.0), strong=True)

    def _changes(self) -> dict[str, Formula]:
        """What each step adds; the others make up what is left of the whole change."""
        seen = self._seen
        changes = {name: link(self.source.at(self.key, name), step) for name, step in seen.items()}
        if seen and len(seen) < sum(step != 0.0 for step in self.bars.steps):
            names = list(seen)
            shown = self.cells.down("change", names[0], names[-1])
            rest = self.bars.change - math.fsum(seen.values())
            changes[OTHERS] = formula("{0}-SUM({1})", self.cells.at(WHOLE, "change"), shown, value=rest)
        return changes

    def _sum(self, name: str, value: float) -> Formula:
        """Where a step ends."""
        return formula("{0}+{1}", self.cells.at(name, "from"), self.cells.at(name, "change"), value=value)

    def _row(self, name: str, lead: tuple[Cell, Cell], start: float, end: float) -> Row:
        base, *parts = self._drawn(name, start, end)
        return Row(name, (name, *lead, self._sum(name, end), base, 0.0, *parts))

    def _drawn(self, name: str, start: float, end: float) -> Iterator[Formula]:
        """What is under a step, then the step above and under zero, raised and lowered."""
        ends = self.cells.at(name, "from"), self.cells.at(name, "to")
        under = max(0.0, min(start, end)) + min(0.0, max(start, end))
        yield formula("MAX(0,MIN({0},{1}))+MIN(0,MAX({0},{1}))", *ends, value=under)
        above, below = max(0.0, end) - max(0.0, start), min(0.0, start) - min(0.0, end)
        up = end >= start
        yield formula("IF({1}>={0},MAX(0,{1})-MAX(0,{0}),0)", *ends, value=above if up else 0.0)
        yield formula("IF({1}>={0},MIN(0,{0})-MIN(0,{1}),0)", *ends, value=below if up else 0.0)
        yield formula("IF({1}<{0},MAX(0,{0})-MAX(0,{1}),0)", *ends, value=0.0 if up else -above)
        yield formula("IF({1}<{0},MIN(0,{1})-MIN(0,{0}),0)", *ends, value=0.0 if up else -below)
