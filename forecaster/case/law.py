"""What the law asks of the programme's lines: floors and ceilings of Regulation (EU) 2025/2643."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from forecaster.case.programme import TOLERANCE, Line, Programme

REGULATION = "32025R2643"
CHAPTER_II = 1200.0
"""Money of Chapter II of Regulation (EU) 2025/2643 [EUR million], Article 3(1)."""


@dataclass(frozen=True)
class LegalCheck:
    """A bound of the law. found, bound: in `unit`; article: of the regulation."""

    name: str
    found: float
    bound: float
    kind: Literal["at least", "at most"]
    unit: str
    article: str

    @property
    def holds(self) -> bool:
        """Whether what was found keeps to the bound."""
        slack = TOLERANCE * abs(self.bound)
        return (
            self.found >= self.bound - slack if self.kind == "at least" else self.found <= self.bound + slack
        )


def legal_checks(programme: Programme) -> tuple[LegalCheck, ...]:
    """Floors and ceilings of the regulation, for a programme that names it; none for another programme."""
    return tuple(_bounds(programme)) if programme.celex == REGULATION else ()


def _bounds(programme: Programme) -> Iterable[LegalCheck]:
    lines = {line.id: line for line in programme.lines}
    for name, share, kind, article in AMOUNTS:
        base = programme.envelope if name == "administration" else CHAPTER_II
        amount = lines[name].amount if name in lines else 0.0
        yield LegalCheck(f"{name}: amount", amount, round(share * base, 9), kind, "EUR million", article)
    for name, bound, article in EU_SHARES:
        if name in lines:
            yield LegalCheck(
                f"{name}: EU share, highest of the cases",
                _highest_share(lines[name]),
                bound,
                "at most",
                "share",
                article,
            )
    for name, least, article in PARTICIPANTS:
        if name in lines:
            found = float(lines[name].min_participants)
            yield LegalCheck(f"{name}: participants", found, least, "at least", "states", article)


def _highest_share(line: Line) -> float:
    if line.bonus and line.bonus_share is not None:
        return line.bonus_share
    return line.eu_share if isinstance(line.eu_share, float) else max(line.eu_share.values())


AMOUNTS: tuple[tuple[str, float, Literal["at least", "at most"], str], ...] = (
    ("procurement", 0.15, "at least", "Article 3(4)"),
    ("reinforcement", 0.30, "at least", "Article 3(4)"),
    ("common_projects", 0.25, "at most", "Article 3(4)"),
    ("administration", 0.035, "at most", "Article 3(6)"),
)
"""Line, share of Chapter II (of the envelope for administration), kind, article."""

EU_SHARES = (
    ("procurement", 0.25, "Article 20(4)"),
    ("reinforcement", 0.50, "Article 20(7)"),
)
"""Line, highest share of a contract the EU may pay, article."""

PARTICIPANTS = (
    ("procurement", 3.0, "Article 11(3)"),
    ("common_projects", 4.0, "Article 35"),
)
"""Line, least number of states, article."""
