"""What a verification finds and says."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """Something that is not as it must be; sheet and cell may be empty."""

    sheet: str
    cell: str
    found: str
    expected: str
    advice: str


@dataclass(frozen=True)
class Step:
    """A part of a verification. done: whether it was made; text: what was looked at, or why it was not."""

    name: str
    done: bool
    text: str
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True)
class Report:
    """All steps of a verification, in order."""

    book: str
    steps: tuple[Step, ...]

    @property
    def findings(self) -> tuple[Finding, ...]:
        """All findings, in the order of the steps."""
        return tuple(finding for step in self.steps for finding in step.findings)
