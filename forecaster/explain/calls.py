"""Chapter four: what the programme calls for, line by line, in means over all paths."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from forecaster.explain.spot import Spot
from forecaster.explain.steps import Chapter, Step, simulated, text
from forecaster.sheets import calls as sheet
from forecaster.sheets import money
from models.model import draws
from models.programme import programme
from models.shocks import BLOCK, drawn

BLOCKS = 2
"""Blocks of draws simulated at once."""


@dataclass
class LineCalls:
    """Sums of a line over paths. bill: of all states; the others of the state asked about [EUR m]."""

    bill: float = 0.0
    cofinancing: float = 0.0
    gross: float = 0.0
    grant: float = 0.0
    net: float = 0.0


def calls(spot: Spot) -> Chapter:
    """Steps to the net call of the programme."""
    return Chapter("Call of the programme", (*_lines(spot), *_layers(spot)))


def by_line(spot: Spot) -> Mapping[str, LineCalls]:
    """Mean calls of each line that has a contract, on the draws of the run."""
    model, levers = spot.run.model, spot.lever(spot.scenario)
    blocks = spot.run.settings.paths // BLOCK
    lines = {line.id: LineCalls() for line in spot.run.case.programme.lines if line.contract}
    for first in range(0, blocks, BLOCKS):
        shocks = drawn(spot.run.settings.seed, first, min(BLOCKS, blocks - first))
        random = draws(model, shocks)
        union = programme(model, random, levers, in_layers=True)
        euro = random.states[spot.i].euro
        money = 1.0 if euro is None else euro[spot.t]
        lots = [one.lot for one in union.purchases if one.lot.contract]
        for lot, bill in zip(lots, union.bills, strict=True):
            key, line = bill.key_of(spot.i), lines[lot.line]
            line.bill += float(bill.gross[spot.t].sum())
            line.cofinancing += float((key * bill.parts["slipped"][spot.t]).sum())
            line.gross += float((key * bill.gross[spot.t] * money).sum())
            line.net += float((bill.net_of(spot.i)[spot.t] * money).sum())
            if "grant" in bill.parts:
                line.grant -= float((key * bill.parts["grant"][spot.t] * money).sum())
    paths = spot.run.settings.paths
    return {
        name: LineCalls(*(value / paths for value in vars(line).values())) for name, line in lines.items()
    }


def _lines(spot: Spot) -> Iterator[Step]:
    names = {line.id: line.name for line in spot.run.case.programme.lines}
    for name, line in by_line(spot).items():
        if not any(vars(line).values()):
            continue
        of = f"{name} ({names[name]})"
        key = line.gross / line.bill if line.bill else 0.0
        yield simulated(f"{of}: bill of all states", line.bill, "EUR m", "mean of all paths")
        yield simulated(f"{name}: its part of that bill", key, "share", "gross call / bill of all states")
        yield simulated(
            f"{name}: co-financing", line.cofinancing, "EUR m", "at planned cost, on slipped dates"
        )
        words = f"gross call {text(line.gross)} - {text(line.cofinancing)}"
        yield simulated(f"{name}: overrun", line.gross - line.cofinancing, "EUR m", words)
        if line.grant:
            yield simulated(f"{name}: grant received", line.grant, "EUR m")
        yield simulated(
            f"{name}: net call",
            line.net,
            "EUR m",
            "gross call - what buying it anyway would cost alone + grant",
        )


def _layers(spot: Spot) -> Iterator[Step]:
    """All lines together, as the Calls and Money sheets show them."""

    def mean(metric: str) -> float:
        return spot.at(spot.run.statistics.mean(metric, spot.scenario, spot.code))

    if not spot.stressed:
        for metric in ("cofinancing", "overrun", "grant_received"):
            cell = sheet.LAYERS.at((metric, spot.code), spot.year)
            yield simulated(f"all lines: {sheet.ITEMS[metric]}", mean(metric), "EUR m", "sum of lines", cell)
    for metric, column in (("gross_call", "gross"), ("net_call", "net")):
        cell = money.MONEY.at(spot.key, column)
        yield simulated(f"all lines: {sheet.ITEMS[metric]}", mean(metric), "EUR m", "sum of lines", cell)
