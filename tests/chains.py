"""Chains of explanation, against the cells of a workbook and against their own arithmetic."""

import re
from collections.abc import Mapping

import pytest

from forecaster.explain.chain import Chain
from forecaster.explain.steps import Step

EXPRESSION = re.compile(r"[-+/^().,x\d\s]*\d\)?")
"""Arithmetic at the beginning of a formula; words follow."""


def value_at(book: Mapping[str, object], address: str) -> object:
    """Value of a cell, None where it is empty. book: values by address."""
    return book.get(address.replace("'", ""))


def steps(found: Chain) -> list[Step]:
    """Steps of all chapters."""
    return [step for chapter in found.chapters for step in chapter.steps]


def by_hand(formula: str) -> float | None:
    """What the arithmetic at the beginning of a formula comes to, None where it begins with words."""
    match = EXPRESSION.match(formula)
    if not match or not re.search(r"[-+/^x]", match.group().strip(" ,")[1:]):
        return None
    text = match.group().replace(",", "").replace("x", "*").replace("^", "**")
    return float(eval(text, {"__builtins__": {}}))


def agree(found: Chain, book: Mapping[str, object]) -> int:
    """How many steps have a cell; each shows the value of the step."""
    placed = [step for step in steps(found) if step.ref is not None]
    for step in placed:
        cell = value_at(book, found.addresses.of(step.ref))
        if isinstance(step.value, str):
            assert cell == step.value, step
        else:
            assert cell == pytest.approx(step.value, rel=1e-12, abs=1e-12), step
    return len(placed)
