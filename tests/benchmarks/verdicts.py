"""What a benchmark finds: a figure, its goal, and whether it is met."""

from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True)
class Verdict:
    """One line of the answer. kind: "at least" or "at most"; figures: what else was measured."""

    goal: int
    name: str
    found: float
    kind: str
    bound: float
    unit: str
    figures: dict[str, Any] = field(default_factory=dict)

    @property
    def passed(self) -> bool:
        return self.found >= self.bound if self.kind == "at least" else self.found <= self.bound

    @property
    def line(self) -> str:
        state = "passed" if self.passed else "FAILED"
        found = f"{self.found:.4g} {self.unit}".strip()
        return f"goal {self.goal}  {state}  {self.name}: {found} ({self.kind} {self.bound:g})"

    def record(self) -> dict[str, Any]:
        return {**asdict(self), "passed": self.passed}


@dataclass(frozen=True)
class Skipped:
    """What was not measured here, and why."""

    goal: int
    name: str
    reason: str

    @property
    def line(self) -> str:
        return f"goal {self.goal}  skipped {self.name}: {self.reason}"

    def record(self) -> dict[str, Any]:
        return asdict(self)
