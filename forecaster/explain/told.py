"""A chain in lines for a terminal, and as plain data."""

from collections.abc import Iterator
from typing import Any

from forecaster.explain.chain import Chain
from forecaster.explain.steps import Step, text

KINDS = {
    "input": "read",
    "assumption": "assumed",
    "fitted": "fitted",
    "computed": "computed",
    "modelled": "by the model",
    "simulated": "simulated",
}


def lines(found: Chain) -> Iterator[str]:
    """The chain, chapter by chapter."""
    spot = found.spot
    settings = spot.run.settings
    yield f"{spot.name} ({spot.code}) {spot.year}, scenario '{spot.scenario}': from inputs to strain"
    yield (
        f"Run {spot.run.run_id}, {settings.paths:,} paths, seed {settings.seed}; cells are those of its "
        "report. Computed: every shock at its median, to be followed with a pocket calculator."
    )
    for chapter in found.chapters:
        yield ""
        yield chapter.title
        for step in chapter.steps:
            yield from _step(found, step)


def _step(found: Chain, step: Step) -> Iterator[str]:
    cell = found.addresses.of(step.ref)
    after = ", ".join(filter(None, (KINDS[step.kind], cell)))
    yield f"  {step.name}: {shown(step)}  [{after}]"
    if step.formula:
        yield f"      = {step.formula}"
    if step.source:
        yield f"      {step.source}"


def shown(step: Step) -> str:
    """Value and unit of a step, with enough digits to calculate on."""
    if isinstance(step.value, str):
        return step.value
    if step.unit == "year":
        return f"{step.value:.0f}"
    if step.unit.startswith("share"):
        return f"{100.0 * step.value:.4g} %"
    return f"{text(step.value)} {step.unit}"


def data(found: Chain) -> dict[str, Any]:
    """The chain as plain data; shares as shares."""
    spot = found.spot
    return {
        "run_id": spot.run.run_id,
        "state": spot.code,
        "year": spot.year,
        "scenario": spot.scenario,
        "paths": spot.run.settings.paths,
        "chapters": [
            {
                "title": chapter.title,
                "steps": [
                    {
                        "name": step.name,
                        "value": step.value,
                        "unit": step.unit,
                        "kind": step.kind,
                        "formula": step.formula,
                        "source": step.source,
                        "cell": found.addresses.of(step.ref),
                    }
                    for step in chapter.steps
                ],
            }
            for chapter in found.chapters
        ],
    }
