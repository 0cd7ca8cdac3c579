"""Who takes part in a contract, with which share, and who leaves."""

import math
from collections.abc import Mapping
from typing import Any

from reference_model.capacity import scale, share_now
from reference_model.case import Case, Levers, Normal
from reference_model.distributions import nine, probability


def shares(
    case: Case, line: Mapping[str, Any], name: str, lever: Levers, normal: Normal
) -> Mapping[str, float]:
    """Share of each state in the national bill; who leaves hands its part to the rest."""
    weights = weights_before(case, line, name, normal)
    leaves = lever.given.get("leaves", [])
    staying = {code: 0.0 if code in leaves else weight for code, weight in weights.items()}
    total = sum(staying.values())
    kept = 1.0 - lever.number("joining_part", 0.0)
    return {code: kept * weight / total if total else 0.0 for code, weight in staying.items()}


def kept(
    case: Case, line: Mapping[str, Any], name: str, lever: Levers, normal: Normal
) -> Mapping[str, float]:
    """Shares of those that stay as they were before others left."""
    weights = weights_before(case, line, name, normal)
    total, part = sum(weights.values()), 1.0 - lever.number("joining_part", 0.0)
    gone = lever.given.get("leaves", [])
    return {code: part * x / total if total and code not in gone else 0.0 for code, x in weights.items()}


def left(case: Case, line: Mapping[str, Any], name: str, lever: Levers, normal: Normal) -> bool:
    """Whether a state that leaves was to take part."""
    weights = weights_before(case, line, name, normal)
    return any(weights.get(code, 0.0) > 0.0 for code in lever.given.get("leaves", []))


def weights_before(case: Case, line: Mapping[str, Any], name: str, normal: Normal) -> Mapping[str, float]:
    named = {code: (line["participants"] or {}).get(code, 0.0) for code in case.states}
    return named if line["participants"] else drawn_weights(case, line, name, normal)


def drawn_weights(case: Case, line: Mapping[str, Any], name: str, normal: Normal) -> Mapping[str, float]:
    """States without replacement, by their chance: the smallest waits win, and share by investment."""
    seats = max(int(case.assumed["participation.states_per_contract"]), line["min_participants"])
    invested = {
        code: nine(case.tables["spending"][code, case.base] * scale(case, code) * share_now(case, code))
        for code in case.states
    }
    power = max(case.assumed["participation.size_weight"], 1e-6)
    waits = {
        code: -math.log(1.0 - probability(normal(f"participation/{name}/{code}", 0)))
        / nine(invested[code] ** power)
        for code, state in case.states.items()
        if state["joins"]
    }
    chosen = sorted(waits, key=lambda code: waits[code])[:seats]
    return {code: invested[code] if code in chosen else 0.0 for code in case.states}
