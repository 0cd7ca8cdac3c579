"""What a state is called for because of the programme."""

from collections.abc import Mapping
from typing import Any

from reference_model.case import Case, Levers, Normal, Row
from reference_model.economy import euro_path
from reference_model.outlays import state_part

CALLS = (
    "gross_call",
    "net_call",
    "cofinancing",
    "overrun",
    "timing",
    "grant_received",
    "going_without",
    "sustainment",
)


def empty_calls(case: Case) -> dict[str, Row]:
    return {name: [0.0] * len(case.years) for name in CALLS}


def add_calls(
    calls: dict[str, Row],
    line: Mapping[str, Any],
    case: Case,
    capability: str,
    keys: tuple[float, float],
    one: Mapping[str, Any],
    lever: Levers,
) -> None:
    """Add a state's part of one lot to its calls; keys: with and without what others have left to it."""
    if not line["contract"]:
        return
    key, own = keys
    part = key * state_part(case, line)
    upkeep = case.assumed.get(f"sustainment.{capability}", 0.0) * lever.number("sustainment", 1.0)
    delivered = 0.0
    for t in range(len(case.years)):
        gross = part * one["actual"][t]
        alone = part * one["alone"][t]
        grant = key * one["paid"][t] if line["grant_to"] == "states" else 0.0
        new = line["new"]
        calls["gross_call"][t] += gross
        anyway = own * state_part(case, line) * one["alone"][t]
        calls["net_call"][t] += new * gross + (1.0 - new) * (gross - anyway) - grant
        calls["cofinancing"][t] += part * one["slipped"][t]
        calls["overrun"][t] += part * (one["actual"][t] - one["slipped"][t])
        calls["timing"][t] += part * (one["slipped"][t] - one["planned"][t])
        calls["grant_received"][t] -= grant
        calls["going_without"][t] += alone - gross + grant
        calls["sustainment"][t] += part * upkeep * delivered
        delivered += one["actual"][t]


def in_own_money(case: Case, code: str, calls: dict[str, Row], normal: Normal) -> None:
    """Euros as they weigh on a budget in another currency: what is more than planned is overrun."""
    for t, euro in enumerate(euro_path(case, code, normal)):
        calls["overrun"][t] += calls["gross_call"][t] * (euro - 1.0)
        for name in ("gross_call", "net_call", "grant_received", "going_without", "sustainment"):
            calls[name][t] *= euro
