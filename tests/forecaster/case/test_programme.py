"""programme.toml: what is accepted, and what a user reads where something is wrong."""

from datetime import date

import pytest
from pydantic import ValidationError
from toml_files import changed, read


def test_programme_is_typed(tmp_path):
    found, lines = read(tmp_path, "programme.toml", changed("programme.toml"))
    assert lines == []
    assert found.envelope == sum(line.amount for line in found.lines) == 1500.0
    procurement = found.lines[0]
    assert procurement.share_of_contract("legal") == 0.15
    assert found.lines[1].share_of_contract("legal") == 0.36
    assert procurement.steps == ((0.0, 0.30),)
    assert found.calls[0].date == date(2026, 10, 31)
    assert found.lines[-1].spread_to == 2033
    assert found.first_call == 2026


def test_a_judgement_with_a_range_is_an_assumption(tmp_path):
    found, _ = read(tmp_path, "programme.toml", changed("programme.toml"))
    share = dict(found.entries())["line.common_projects.eu_share"]
    assert (share.value, share.range, share.unit) == (1.0 / 3.0, (0.2, 0.5), "share")
    assert share.status == "judgement"
    assert share.source.startswith("Judgement: projects of two to five times the grant.")
    assert share.note.startswith("Part the EU pays of Common-interest projects (EDPCI). ")
    assert "line.procurement.eu_share" not in dict(found.entries())
    reinforcement = found.lines[1]
    assert "line.reinforcement.eu_share" in dict(reinforcement.entries())
    with_bonus = reinforcement.model_copy(update={"bonus": True})
    assert [key for key, _ in with_bonus.entries()] == [
        "line.reinforcement.states_part",
        "line.reinforcement.new",
    ]


def test_another_value_of_a_judgement_is_checked_as_in_the_file(tmp_path):
    found, _ = read(tmp_path, "programme.toml", changed("programme.toml"))
    other = found.assuming("common_projects", "eu_share", 0.5)
    assert [line.id for line in other.lines if line not in found.lines] == ["common_projects"]
    assert other.lines[2].eu_share == 0.5
    with pytest.raises(ValidationError, match="not a share above 0"):
        found.assuming("common_projects", "eu_share", 0.0)


@pytest.mark.parametrize(
    ("pattern", "replacement", "told"),
    [
        (
            r"amount = 240\.0",
            "amount = 241.0",
            "programme.envelope: the lines add to 1,501, the envelope is 1,500 (EUR million).",
        ),
        (
            r"milestones = 0\.70",
            "milestones = 0.60",
            "line[procurement]: steps and milestones add to 0.9, not 1.",
        ),
        (r"share = 0\.45", "share = 0.5", "programme: calls add to 1.05, not 1."),
        (
            r"drones = 0\.35",
            "drnes = 0.35",
            "line[procurement].capabilities.drnes: unknown capability. Did you mean drones?",
        ),
        (r"drones = 0\.35", "drones = 0.3", "line[procurement]: capabilities add to 0.95, not 1."),
        (
            r'id = "reinforcement"',
            'id = "procurement"',
            "line[procurement].id: more than one line has the id procurement.",
        ),
        (
            r'rest = "industry"',
            'rest = "banks"',
            "line[reinforcement].rest: 'banks' is not allowed. Expected 'states', 'industry' or 'ukraine'.",
        ),
        (
            r"eu_share = 0\.36",
            "eu_share = 36",
            "line[reinforcement].eu_share: 36 is not a share above 0 and up to 1.",
        ),
        (
            r"eu_share = 0\.36",
            "eu_share = {}",
            "eu_share: needs a share, or a table such as { legal = 0.15, default = 0.08 }.",
        ),
        (
            r"contract = true",
            "contrct = true",
            "line[procurement].contrct: unknown key. Did you mean contract?",
        ),
        (
            r"spread_to = 2033",
            "spread_to = 2033\nmilestones = 1.0",
            "line[administration]: spread_to leaves no room for steps and milestones.",
        ),
        (
            r"duration = \[12, 72\]",
            "duration = [72, 12]",
            "line[procurement]: the shortest duration is above the longest.",
        ),
        (
            r"spread_to = 2033",
            "spread_to = 2025",
            "the year of the first call, when the equal yearly parts begin. Give 2026 or a later year.",
        ),
        (r"first_payment = 2027", "first_payment = 2034", "programme: first_payment is after last_payment."),
        (r'name = "Common procurement"', 'name = " "', "line[procurement].name: is empty."),
        (
            r"eu_share = \{ range = \[0\.2, 0\.5\]",
            "eu_share = { range = [0.4, 0.5]",
            "line[common_projects]: ranges.eu_share: range [0.4, 0.5] does not hold the value 0.333333.",
        ),
        (
            r"eu_share = \{ range = \[0\.2, 0\.5\]",
            "eu_share = { range = [0.5, 0.2]",
            "line[common_projects]: ranges.eu_share: range [0.5, 0.2] begins above its end.",
        ),
        (
            r"eu_share = \{ range = \[0\.2, 0\.5\]",
            "eu_share = { range = [0, 0.5]",
            "line[common_projects].ranges.eu_share.range[1]: 0 is too small. Allowed: more than 0.",
        ),
        (
            r"ranges\.eu_share = \{ range = \[0\.2",
            "ranges.eu_shre = { range = [0.2",
            "line[common_projects].ranges.eu_shre: unknown key. Did you mean eu_share?",
        ),
        (
            r"ranges\.eu_share = \{ range = \[0\.2",
            "ranges.duration = { range = [0.2",
            "ranges.duration: unknown key. Known keys: eu_share, states_part, new.",
        ),
        (
            r'ranges\.states_part = \{ range = \[0\.0, 0\.2\], reason = "[^"]*" \}',
            "ranges.states_part = { range = [0.0, 0.2] }",
            "line[reinforcement].ranges.states_part.reason: is missing.",
        ),
        (
            r"ranges\.new = \{ range = \[0\.0",
            "ranges.eu_share = { range = [0.1",
            (
                "line[procurement]: ranges.eu_share: has no place beside cases, whose lowest and highest are "
                "tried; leave it out."
            ),
        ),
    ],
)
def test_a_mistake_in_the_programme_is_one_line(tmp_path, pattern, replacement, told):
    found, lines = read(tmp_path, "programme.toml", changed("programme.toml", (pattern, replacement)))
    assert found is None
    assert len(lines) == 1
    assert lines[0].startswith("programme.toml")
    assert lines[0].endswith(told)


def test_lines_that_do_not_add_up_are_told_beside_other_mistakes(tmp_path):
    edits = (
        (r"amount = 240\.0", "amount = 241.0"),
        (r"contract = true", "contrct = true"),
        (r'id = "reinforcement"', 'id = "procurement"'),
    )
    _, lines = read(tmp_path, "programme.toml", changed("programme.toml", *edits))
    told = [
        "the lines add to 1,501, the envelope is 1,500 (EUR million).",
        "more than one line has the id procurement.",
        "unknown key. Did you mean contract?",
    ]
    assert len(lines) == len(told)
    assert all(any(line.endswith(one) for line in lines) for one in told), lines
    envelope = next(line for line in lines if "add to" in line)
    assert envelope.startswith("programme.toml, line ")
    assert ", programme.envelope: " in envelope


def test_three_lines_of_one_id_are_told_twice(tmp_path):
    edits = [(rf'id = "{name}"', 'id = "procurement"') for name in ("reinforcement", "common_projects")]
    _, lines = read(tmp_path, "programme.toml", changed("programme.toml", *edits))
    assert [line.split(": ")[-1] for line in lines] == ["more than one line has the id procurement."] * 2


@pytest.mark.parametrize(
    ("pattern", "replacement", "told"),
    [
        (r"amount = 240\.0", f"amount = 1{'0' * 400}", "is not a number"),
        (r"amount = 240\.0", "amount = 1e308", "the lines add to 1e+308, the envelope is 1,500"),
        (r"envelope = 1500\.0", f"envelope = 1{'0' * 400}", "is not a number"),
        (r"\[\[line\]\]", "[[lne]]", "lne: unknown key. Did you mean line?"),
    ],
)
def test_a_sum_that_cannot_be_made_is_not_told_beside_what_is_wrong(tmp_path, pattern, replacement, told):
    _, (line,) = read(tmp_path, "programme.toml", changed("programme.toml", (pattern, replacement)))
    assert told in line


def test_amounts_beyond_every_number_are_told(tmp_path):
    edits = [(rf"amount = {amount}\.0", "amount = 1e308") for amount in (240, 440)]
    _, (line,) = read(tmp_path, "programme.toml", changed("programme.toml", *edits))
    assert line.endswith("the lines add to inf, the envelope is 1,500 (EUR million).")
