"""A case: what a run starts from, read from a folder, changed by --set, checked, and written out again."""

from forecaster.case.bundled import EXAMPLES, bundled, examples, init
from forecaster.case.case import Case, holds_a_case
from forecaster.case.loading import bundled_case, load

__all__ = ["EXAMPLES", "Case", "bundled", "bundled_case", "examples", "holds_a_case", "init", "load"]
