"""The bars of a bridge: parts that change, put together until there are few enough to read."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

MOST = 10
"""Bars a bridge may have; parts of the family with most bars are put together until it has no more."""


@dataclass(frozen=True)
class Group:
    """A bar: parts that are swapped together. reason: why parts of other kinds were added, or nothing."""

    label: str
    parts: frozenset[str]
    reason: str = ""


def grouped(parts: Sequence[str]) -> tuple[Group, ...]:
    """Groups by label. The labels depend on which parts change only, never on which side is which."""
    level = dict.fromkeys(parts, 0)
    while len(labels := _labels(level)) > MOST:
        number = Counter(family for _, family in labels)
        family = min(number, key=lambda name: (-number[name], name))
        if number[family] == 1:
            break
        level |= {part: at + 1 for part, at in level.items() if _ladder(part)[-1] == family}
    by_label: dict[str, set[str]] = {}
    for part in parts:
        by_label.setdefault(_ladder(part)[level[part]], set()).add(part)
    return tuple(Group(label, frozenset(by_label[label])) for label in sorted(by_label))


def joined(groups: Sequence[Group], pair: tuple[Group, Group], reason: str) -> tuple[Group, ...]:
    """Groups with two of them as one, and why."""
    first, second = sorted(pair, key=lambda group: group.label)
    reasons = "; ".join(dict.fromkeys(text for text in (first.reason, second.reason, reason) if text))
    one = Group(f"{first.label} + {second.label}", first.parts | second.parts, reasons)
    others = [group for group in groups if group not in pair]
    return tuple(sorted([*others, one], key=lambda group: group.label))


def _labels(level: Mapping[str, int]) -> set[tuple[str, str]]:
    """Label and family of each group."""
    return {(_ladder(part)[at], _ladder(part)[-1]) for part, at in level.items()}


def _ladder(part: str) -> tuple[str, str, str]:
    """Words for a part from the finest to the coarsest."""
    subject, _, name = part.partition(".")
    match subject:
        case "figures":
            label, family = TABLES.get(name, (f"Figures: {name}", PUBLISHED))
            return label, label, family
        case "assumptions":
            section = name.partition(".")[0]
            return name, f"Assumptions: {section}", SECTIONS.get(section, "Other assumptions")
        case "programme":
            line = name.partition(".")[2]
            return (f"Programme: {line}" if line else "Programme: terms"), "Programme", "Programme"
        case "settings":
            label = "Settings: years" if name == "years" else "Settings: seed and draws"
            return label, label, label
    label, family = SUBJECTS.get(subject, (subject.capitalize(), subject.capitalize()))
    return label, label, family


PUBLISHED, OWN = "Published figures", "Ministries' figures"

TABLES: Mapping[str, tuple[str, str]] = {
    "spending": ("Spending history", PUBLISHED),
    "panel": ("Spending history", PUBLISHED),
    "gdp": ("GDP, prices and income", PUBLISHED),
    "growth": ("GDP, prices and income", PUBLISHED),
    "deflator": ("GDP, prices and income", PUBLISHED),
    "gni": ("GDP, prices and income", PUBLISHED),
    "nato_spending": ("Investment shares", PUBLISHED),
    "nato_equipment": ("Investment shares", PUBLISHED),
    "eda_spending": ("Investment shares", PUBLISHED),
    "eda_investment": ("Investment shares", PUBLISHED),
    "balance": ("Public finances", PUBLISHED),
    "debt": ("Public finances", PUBLISHED),
    "interest": ("Public finances", PUBLISHED),
    "revenue": ("Public finances", PUBLISHED),
    "exchange": ("Exchange rates", PUBLISHED),
    "commitments": ("Contracted payments", OWN),
    "investment": ("Own investment figures", OWN),
}
"""Table of figures -> its bar and its family."""

SUBJECTS: Mapping[str, tuple[str, str]] = {
    "states": ("States", "States"),
    "plans": ("Plans", OWN),
    "loans": ("SAFE loans", OWN),
    "rules": ("Public finances", PUBLISHED),
    "scenarios": ("Scenarios", "Scenarios"),
}
"""Subject -> its bar and its family."""

SECTIONS: Mapping[str, str] = {
    "budgets": "Budget assumptions",
    "dependence": "Budget assumptions",
    "economy": "Budget assumptions",
    "cost": "Contract assumptions",
    "sustainment": "Contract assumptions",
    "participation": "Contract assumptions",
    "award": "Contract assumptions",
    "successor": "Contract assumptions",
    "capacity": "State assumptions",
    "safe": "State assumptions",
    "fiscal": "State assumptions",
    "treasury": "State assumptions",
    "strain": "State assumptions",
    "tie_out": "State assumptions",
}
"""Section of assumptions.toml -> its family."""
