"""The two sides of a comparison: each a case with what it is run with."""

from dataclasses import dataclass, replace
from pathlib import Path

from forecaster.assembly.gaps import refuse_gaps
from forecaster.case import Case, bundled, load
from forecaster.case.differences.entries import Content, Entry
from forecaster.errors import AssumptionError, InputError
from forecaster.machine.scratch import temporary_folder
from forecaster.verify.reproduce import reproduce

MOST_PATHS = 16_384
"""Draws of each run of a bridge unless told otherwise: enough for a tenth of a point of probability."""

BUNDLED = "bundled case"


@dataclass(frozen=True)
class Side:
    """A case, its name as a user knows it, and the years, draws and seed it is run with."""

    name: str
    case: Case
    years: int
    paths: int
    seed: int


def side(place: Path) -> Side:
    """Read a case folder, or the case that a report carries.

    Raises InputError or AssumptionError as `forecaster.case.load` and `forecaster.verify.reproduce` do.
    """
    case = case_in(place)
    refuse_gaps(case)
    given = case.assumptions.run
    name = BUNDLED if place == bundled() else place.resolve().name
    return Side(name, case, given.years, given.paths, given.seed)


def case_in(place: Path) -> Case:
    """The case in a folder or in a report.

    Raises InputError or AssumptionError as `side` does.
    """
    if not place.is_file():
        return load(place)
    with temporary_folder() as folder:
        reproduce(place, Path(folder), force=True)
        return load(Path(folder))


def alike(one: Side, paths: int | None, seed: int | None) -> Side:
    """The side with the draws and the seed that were asked for, else its own draws up to MOST_PATHS."""
    return replace(one, paths=paths or min(one.paths, MOST_PATHS), seed=one.seed if seed is None else seed)


def settings(one: Side) -> Content:
    """What a side is run with, which may be other than its case says."""
    return {
        "years": Entry("settings.years", "years of the bridge", float(one.years), "count", ""),
        "paths": Entry("settings.paths", "paths of the bridge", float(one.paths), "paths", ""),
        "seed": Entry("settings.seed", "seed of the bridge", str(one.seed), "", ""),
    }


def refuse_apart(first: Side, second: Side) -> None:
    """Raise where no bridge joins two sides: they start in different years or share no state."""
    starts = [one.case.assumptions.run.base_year for one in (first, second)]
    if starts[0] != starts[1]:
        raise AssumptionError(
            f"{first.name} starts from {starts[0]}, {second.name} from {starts[1]} (run.base_year): their "
            "forecasts begin in different years and cannot be compared. Give both the same base year; "
            "figures of later years may stay."
        )
    codes = [one.case.budgets.codes for one in (first, second)]
    if not set(codes[0]) & set(codes[1]):
        raise InputError(
            f"{first.name} and {second.name} have no state in common ({', '.join(codes[0])} against "
            f"{', '.join(codes[1])}) and cannot be compared."
        )
