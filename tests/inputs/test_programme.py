"""The bundled programme: its lines against the envelope and the law."""

from math import fsum

import pytest
from input_files import STATUSES, lines, toml


def test_lines_add_up_to_the_envelope_exactly():
    assert (
        fsum(line["amount"] for line in lines().values())
        == 1500.0
        == toml("programme")["programme"]["envelope"]
    )


def test_legal_floors_and_ceilings():
    # Regulation (EU) 2025/2643, Article 3(4) and 3(6): shares of 1,200 and of 1,500
    amounts = {name: line["amount"] for name, line in lines().items()}
    assert amounts["procurement"] >= 0.15 * 1200
    assert amounts["reinforcement"] >= 0.30 * 1200
    assert amounts["common_projects"] <= 0.25 * 1200
    assert amounts["administration"] == pytest.approx(0.035 * 1500)
    assert lines()["common_projects"]["min_participants"] == 4


@pytest.mark.parametrize("line", lines().values(), ids=lines())
def test_each_line_is_paid_once_and_divided_once(line):
    assert fsum(line["capabilities"].values()) == pytest.approx(1)
    if "spread_to" not in line:
        assert fsum(share for _, share in line["steps"]) + line["milestones"] == pytest.approx(1)
    assert line["status"] in STATUSES
    assert line["source"]


def test_the_share_of_the_union_is_the_observed_one():
    # EDIRPA: over 11 bn of procurement for 300 million, leverage 36.7
    assert lines()["procurement"]["eu_share"]["observed"] == pytest.approx(1 / 36.7, rel=1e-3)


def test_the_calls_divide_the_commitments():
    assert fsum(call["share"] for call in toml("programme")["programme"]["calls"]) == pytest.approx(1)


def test_every_judgement_on_a_line_has_a_range_but_one():
    without = [
        f"{line['id']}.{key}"
        for line in toml("programme")["line"]
        for key in ("eu_share", "states_part", "new")
        if line["contract"] and not isinstance(line[key], dict) and key not in line.get("ranges", {})
    ]
    whole = ["procurement.states_part", "common_projects.states_part"]  # states buy: no judgement
    assert without == [*whole, "ukraine.states_part"]
