"""Keys by which states pay for the Union, as the Treasury sheet has them."""

from forecaster.report import places
from forecaster.report.formulas import ratio
from forecaster.report.places import Place
from forecaster.report.sheet import Formula
from forecaster.run import Run
from forecaster.sheets import treasury


def key_paid(run: Run, place: Place, layer: str) -> Formula:
    """Part of a layer that a state pays over all years; blank where nobody pays any of it."""
    own, everybody = (treasury.CALLS.at((layer, code), "within") for code in (place.code, treasury.TOTAL))
    part, whole = (places.over_years(run, layer, *group) for group in ((place,), places.summands(run)))
    return ratio(own, everybody.fix(), (part, whole))
