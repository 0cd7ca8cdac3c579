"""Case: a folder a user works in, as it was read."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from forecaster.case.assumptions import Assumptions
from forecaster.case.programme import Programme
from forecaster.case.quantities import Record
from forecaster.case.scenarios import ScenarioTable
from forecaster.figures import Budgets
from forecaster.toml import ASSUMPTIONS


@dataclass(frozen=True)
class Case:
    """All that a run starts from.

    folder: where it was read, of no effect on results and never shown in a report; warnings: lines for the
    user; files: name -> SHA-256.
    """

    folder: Path = field(repr=False, compare=False)
    budgets: Budgets
    assumptions: Assumptions
    programme: Programme
    scenarios: tuple[ScenarioTable, ...]
    warnings: tuple[str, ...]
    files: Mapping[str, str]

    @cached_property
    def records(self) -> Mapping[str, Record]:
        """Each assumption by its key, then each judgement on the programme that has a range."""
        return dict((*self.assumptions.entries(), *self.programme.entries()))


def holds_a_case(folder: Path) -> bool:
    """Whether files of a case stand in a folder, be they right or wrong: nothing else is written there."""
    return (folder / ASSUMPTIONS).is_file()
