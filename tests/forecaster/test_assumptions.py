"""The three TOML files: what is accepted, and what a user reads where something is wrong."""

import re
import tomllib
from datetime import date

import pytest

from forecaster import toml
from forecaster.assumptions import CAPABILITIES, Assumptions, setting
from forecaster.case import bundled
from forecaster.errors import AssumptionError, Problems
from forecaster.programme import legal_checks, programme
from forecaster.scenarios import BY_STATE, FORMS, Known, combination, scenarios, with_combinations
from models.stress import LEVERS

AFTER = "expected newline or end of document after a statement"


def changed(name, *replacements):
    """Text of a bundled file in which each pattern is replaced, and must be found."""
    text = (bundled() / name).read_text(encoding="utf-8")
    for pattern, replacement in replacements:
        text, count = re.subn(pattern, replacement, text, count=1, flags=re.MULTILINE | re.DOTALL)
        assert count == 1, pattern
    return text


def read(folder, name, text):
    """Whatever the file yields, and the lines a user reads."""
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    problems = Problems()
    check = {
        "assumptions.toml": lambda file: toml.checked(Assumptions, file, problems),
        "programme.toml": lambda file: programme(file, problems),
        "scenarios.toml": lambda file: scenarios(file, Known(("DE", "FR", "PL"), ("FR", "PL")), problems),
    }[name]
    file = toml.read(path, problems)
    found = check(file) if file else None
    return found, [problem.line for problem in problems]


def line_of(text, start):
    return next(n for n, line in enumerate(text.splitlines(), start=1) if line.startswith(start))


@pytest.fixture
def bundled_assumptions(tmp_path):
    found, lines = read(tmp_path, "assumptions.toml", changed("assumptions.toml"))
    assert lines == []
    return found


def test_values_are_typed(bundled_assumptions):
    assert bundled_assumptions.cost.growth_median.value == 1.10
    assert bundled_assumptions.cost.growth_median.unit == "factor"
    assert bundled_assumptions.dependence.budget_rho.value == (0.08, 0.16, 0.25, 0.36, 0.43)
    assert bundled_assumptions.budgets.method.value == "pooled"
    assert bundled_assumptions.budgets.method.range is None
    assert isinstance(bundled_assumptions.safe.grace.value, int)
    assert bundled_assumptions.run.as_of == date(2026, 11, 22)


def test_entries_stand_in_the_order_of_the_file(bundled_assumptions):
    data = tomllib.loads(changed("assumptions.toml"))
    keys = [f"{section}.{key}" for section, table in data.items() for key in table if section != "run"]
    assert [key for key, _ in bundled_assumptions.entries()] == keys


def test_capabilities_have_a_price_each(bundled_assumptions):
    assert tuple(name for name, _ in bundled_assumptions.cost.price_sd) == CAPABILITIES


def test_changed_names_keys_whose_value_differs(bundled_assumptions, tmp_path):
    text = changed(
        "assumptions.toml",
        (r"^paths = 65536", "paths = 2048"),
        (r"(\[cost\.growth_median\]\nvalue = )1\.1", r"\g<1>1.2"),
        (r"(\[cost\.premium\].*?source = )\"", r'\g<1>"Own view: '),
    )
    found, lines = read(tmp_path, "assumptions.toml", text)
    assert lines == []
    assert found.changed(bundled_assumptions) == ("run.paths", "cost.growth_median")
    assert bundled_assumptions.changed(bundled_assumptions) == ()


@pytest.mark.parametrize(
    ("pattern", "replacement", "start", "told"),
    [
        (
            r"^\[cost\.growth_median\]",
            "[cost.growth_meidan]",
            "[cost.growth_meidan]",
            "cost.growth_meidan: unknown key. Did you mean growth_median?",
        ),
        (
            r"^\[participation\.",
            "[particpation.",
            "[particpation.",
            "particpation: unknown key. Did you mean participation?",
        ),
        (
            r'(\[cost\.growth_median\]\nvalue = 1\.1)\nunit = "factor"',
            r"\1",
            "[cost.growth_median]",
            'cost.growth_median.unit: is missing. Expected "factor".',
        ),
        (
            r'(\[cost\.growth_median\]\nvalue = 1\.1\nunit = )"factor"',
            r'\1"percent"',
            None,
            "cost.growth_median.unit: 'percent' is not allowed. Expected 'factor'.",
        ),
        (
            r"(\[budgets\.share_limit\]\nvalue = )12\.0",
            r"\g<1>0.0",
            None,
            "budgets.share_limit.value: 0.0 is too small. Allowed: more than 0.",
        ),
        (
            r"(\[cost\.growth_median\].*?)\nstatus = \"judgement\"",
            r"\1",
            "[cost.growth_median]",
            'cost.growth_median.status: is missing. Expected "confirmed", "weak", "judgement" or "derived".',
        ),
        (
            r"(\[cost\.growth_median\].*?)\nsource = \"[^\"]*\"",
            r"\1",
            "[cost.growth_median]",
            "cost.growth_median.source: is missing.",
        ),
        (
            r"(\[cost\.growth_median\]\nvalue = )1\.1",
            r'\1"1,1"',
            None,
            "cost.growth_median.value: '1,1' is not a number. Write it without quotes, with a decimal point.",
        ),
        (
            r"(\[cost\.growth_median\]\nvalue = )1\.1",
            r"\1nan",
            None,
            "cost.growth_median.value: nan is not a finite number.",
        ),
        (
            r"(\[cost\.growth_median\]\nvalue = )1\.1",
            r"\g<1>-1.1",
            None,
            "cost.growth_median.value: -1.1 is too small. Allowed: more than 0.",
        ),
        (
            r"(\[cost\.growth_median\]\nvalue = )1\.1",
            r"\g<1>1.3",
            "[cost.growth_median]",
            "cost.growth_median: range [1.03, 1.25] does not hold the value 1.3.",
        ),
        (
            r"(\[capacity\.committed\]\nvalue = )\[0\.85",
            r"\1[1.85",
            None,
            "capacity.committed.value[1]: 1.85 is too large. Allowed: at most 1. 1.85 % is 0.0185.",
        ),
        (
            r"(\[capacity\.committed\]\nvalue = )\[[^\]]*\]",
            r"\g<1>0.8",
            None,
            'capacity.committed.value: 0.8 is not a list such as [0.5, 1.0] or ["PL", "DE"].',
        ),
        (
            r"(\[capacity\.committed\]\nvalue = )\[0\.85[^\]]*\]",
            r"\1[85]",
            None,
            "capacity.committed.value[1]: 85 is too large. Allowed: at most 1. 85 % is 0.85.",
        ),
        (
            r"(\[cost\.premium\]\nvalue = )0\.02",
            r"\g<1>true",
            None,
            "cost.premium.value: true is not a number. Write it without quotes, with a decimal point.",
        ),
        (
            r"range = \[0\.01, 0\.03\]",
            "range = [0.03, 0.01]",
            "[cost.premium]",
            "cost.premium: range [0.03, 0.01] begins above its end.",
        ),
        (
            r"(\[safe\.grace\]\nvalue = )10",
            r"\g<1>10.5",
            None,
            "safe.grace.value: 10.5 is not a whole number.",
        ),
        (r"^years = 10", "years = 21", "years =", "run.years: 21 is too large. Allowed: at most 20."),
        (
            r"^paths = 65536",
            "paths = 0",
            "paths =",
            "run.paths: 0 is too small. Allowed: at least 1,024.",
        ),
        (
            r"^paths = 65536",
            "paths = 65537",
            "paths =",
            "run.paths: 65537 is not a multiple of 1,024.",
        ),
        (
            r"^as_of = 2026-11-22",
            'as_of = "22/11/2026"',
            "as_of",
            "run.as_of: '22/11/2026' is not a date. Write it as 2026-11-22, without quotes.",
        ),
        (
            r"(\[cost\.saving_high\]\nvalue = )0\.2\n(unit = \"share\"\n)range = [^\n]*\n",
            r"\g<1>0.02\n\2",
            None,
            "cost: saving_mode is above saving_high.",
        ),
    ],
)
def test_one_mistake_is_one_line(tmp_path, pattern, replacement, start, told):
    text = changed("assumptions.toml", (pattern, replacement))
    found, lines = read(tmp_path, "assumptions.toml", text)
    assert found is None
    assert len(lines) == 1
    assert lines[0].startswith("assumptions.toml, line ")
    assert lines[0].endswith(f", {told}")
    if start:
        assert lines[0] == f"assumptions.toml, line {line_of(text, start)}, {told}"


def test_a_misspelt_section_of_one_key_is_told_beside_the_gap_it_leaves(tmp_path):
    text = changed("assumptions.toml", (r"^\[strain\.red\]", "[strein.red]"))
    _, lines = read(tmp_path, "assumptions.toml", text)
    assert lines == [
        f"assumptions.toml, line {line_of(text, '[strain.amber]')}, strain.red: is missing.",
        f"assumptions.toml, line {line_of(text, '[strein.red]')}, strein: unknown key. Did you mean strain?",
    ]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('flie = "a.xlsx"', "sources.DE.flie: unknown key. Did you mean file?"),
        (
            'file = "a.xlsx"\ncontrol = "x"',
            "sources.DE.control: 'x' is not a number. Write it without quotes, with a decimal point.",
        ),
        ('file = "a.xlsx"\nfilter = { a = 1.5 }', "sources.DE.filter.a: 1.5 is not a whole number."),
        (
            'file = "a.xlsx"\nrows = { pln = "x" }',
            "sources.DE.rows.pln: 'pln' is not allowed. Expected 'plan', 'investment' or 'committed'.",
        ),
    ],
)
def test_a_mistake_under_a_free_key_is_one_line(tmp_path, text, told):
    text = f"{changed('assumptions.toml')}\n[sources.DE]\n{text}\n"
    _, lines = read(tmp_path, "assumptions.toml", text)
    line = len(text.splitlines())
    assert lines == [f"assumptions.toml, line {line}, {told}"]


def test_a_bare_number_is_no_assumption(tmp_path):
    text = changed(
        "assumptions.toml",
        (r"\[participation\.states_per_contract\].*?(?=\n\n)", "[participation]\nstates_per_contract = 6"),
    )
    _, lines = read(tmp_path, "assumptions.toml", text)
    start, key = line_of(text, "states_per_contract = 6"), "participation.states_per_contract"
    assert lines == [f"assumptions.toml, line {start}, {key}: 6 is not a table of keys and values."]


def test_all_problems_are_told_at_once(tmp_path):
    text = changed(
        "assumptions.toml",
        (r"(\[cost\.growth_median\]\nvalue = 1\.1)\nunit = \"factor\"\n", '\\1\nuint = "factor"\n'),
        (r"(\[strain\.red\]\nvalue = )1\.0", r'\1"one"'),
        (r"\[safe\.rate\].*?(?=\n\n)", ""),
    )
    _, lines = read(tmp_path, "assumptions.toml", text)
    assert [line.split(", ", 2)[2] for line in lines] == [
        "cost.growth_median.uint: unknown key. Did you mean unit?",
        "safe.rate: is missing.",
        "strain.red.value: 'one' is not a number. Write it without quotes, with a decimal point.",
    ]


TWICE = "the table [budgets.method] is there twice. Keep one."
OPEN = "a quote is opened on this line and not closed. Text stands in quotes."
PATHS = (
    "\\ has a meaning of its own in double quotes. A path stands in single quotes ('C:\\data\\x.xlsx'), "
    'or with / ("C:/data/x.xlsx").'
)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (
            b"[cost]\ngrowth = 1,1\n",
            f"assumptions.toml, line 2, column 11: not valid TOML: {AFTER}. {toml.SYNTAX_HINT}",
        ),
        (
            b'[cost]\nnote = "Gr\xf6\xdfe"\n',
            "assumptions.toml, line 2: not UTF-8 text. Save the file with the encoding UTF-8.",
        ),
        (
            b'note = "',
            f"assumptions.toml, end of document: not valid TOML: unterminated string. {toml.SYNTAX_HINT}",
        ),
        (
            b"[budgets.method]\na = 1\n[budgets.method]\n",
            f"assumptions.toml, line 3, column 16: not valid TOML: {TWICE}",
        ),
        (
            b"a = 1\na = 2\nb = 3\n",
            "assumptions.toml, line 2, column 6: not valid TOML: a key or table is there twice. Keep one.",
        ),
        (
            b'[a]\nunit = "share\nb = 1\n',
            f"assumptions.toml, line 2, column 14: not valid TOML: {OPEN}",
        ),
        (
            b'file = "C:\\Users\\me\\b.xlsx"\n',
            f"assumptions.toml, line 1, column 13: not valid TOML: {PATHS}",
        ),
        (b'file = "C:\\me.xlsx"\n', f"assumptions.toml, line 1, column 13: not valid TOML: {PATHS}"),
    ],
)
def test_an_unreadable_file_is_one_line(tmp_path, text, line):
    assert read(tmp_path, "assumptions.toml", text) == (None, [line])


def test_a_byte_order_mark_is_read_over(tmp_path):
    text = b"\xef\xbb\xbf" + changed("assumptions.toml").encode()
    assert read(tmp_path, "assumptions.toml", text)[1] == []


def test_settings_of_the_command_line_keep_to_the_same_bounds():
    assert setting("paths", 2048) == 2048
    with pytest.raises(ValueError, match=r"1000 is not a multiple of 1,024\."):
        setting("paths", 1000)
    with pytest.raises(ValueError, match=r"21 is too large\. Allowed: at most 20\."):
        setting("years", 21)


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


@pytest.mark.parametrize(
    ("pattern", "replacement", "told"),
    [
        (
            r"amount = 240\.0",
            "amount = 241.0",
            "the lines add to 1,501, the envelope is 1,500 (EUR million).",
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
        (r'id = "reinforcement"', 'id = "procurement"', "more than one line has the id procurement."),
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
    ],
)
def test_a_mistake_in_the_programme_is_one_line(tmp_path, pattern, replacement, told):
    found, lines = read(tmp_path, "programme.toml", changed("programme.toml", (pattern, replacement)))
    assert found is None
    assert len(lines) == 1
    assert lines[0].startswith("programme.toml")
    assert lines[0].endswith(told)


def test_the_law_is_checked_where_it_is_named(tmp_path):
    found, _ = read(tmp_path, "programme.toml", changed("programme.toml"))
    assert all(check.holds for check in legal_checks(found))
    assert {check.bound for check in legal_checks(found)} == {180.0, 360.0, 300.0, 52.5, 0.25, 0.5, 3.0, 4.0}
    moved = changed(
        "programme.toml", (r"amount = 240\.0", "amount = 140.0"), (r"amount = 440\.0", "amount = 540.0")
    )
    found, _ = read(tmp_path, "programme.toml", moved)
    broken = [check for check in legal_checks(found) if not check.holds]
    assert [(check.name, check.found, check.bound, check.kind) for check in broken] == [
        ("procurement: amount", 140.0, 180.0, "at least")
    ]
    another = re.sub("32025R2643", "32023R2418", moved)
    assert legal_checks(read(tmp_path, "programme.toml", another)[0]) == ()


def test_scenarios_are_typed(tmp_path):
    found, lines = read(tmp_path, "scenarios.toml", changed("scenarios.toml"))
    assert lines == []
    assert found[0].id == "baseline"
    assert dict(found[0].levers) == {}
    recession = next(table for table in found if table.id == "recession")
    assert recession.levers["growth"][:3] == [0.0, -0.03, -0.02]
    assert recession.expects == {"strain": "up"}


NEW = """
[new]
title = "New"
asks = "?"
source = "Judgement"
expects = {{ {expects} }}
[new.levers]
{levers}
"""


@pytest.mark.parametrize(
    ("levers", "expects", "told"),
    [
        ("growht = 0.1", "", "new.levers.growht: unknown lever. Did you mean growth?"),
        ("zzz = 0.1", "", f"new.levers.zzz: unknown lever. Known: {', '.join(LEVERS)}."),
        ("growth = []", "", "new.levers.growth: has 0 entries. Allowed: 1 to 20, one a projected year."),
        (
            'growth = "low"',
            "",
            f"new.levers.growth: 'low' is not {FORMS['years']}{BY_STATE}.",
        ),
        (
            "growth = [0.1, true]",
            "",
            f"new.levers.growth: True is not {FORMS['years']}{BY_STATE}.",
        ),
        (
            "slip = [1.0, 2.0]",
            "",
            "new.levers.slip: [1.0, 2.0] is not a number; this lever takes one number for all years.",
        ),
        (
            "budget = 0",
            "",
            "new.levers.budget: 0 is too small. Allowed: more than 0, at most 10; 1 is neutral.",
        ),
        (
            "prices = { dornes = 1.2 }",
            "",
            "new.levers.prices: unknown capability dornes. Did you mean drones?",
        ),
        (
            "prices = { drones = inf }",
            "",
            f"new.levers.prices: inf is not {FORMS['capabilities']}.",
        ),
        (
            "budget = { PL = 0.9, XX = 0.8 }",
            "",
            "new.levers.budget: unknown state XX. Known: DE, FR, PL, procedure and others.",
        ),
        (
            "budget = { PL = { DE = 0.9 } }",
            "",
            "new.levers.budget: PL holds a table. Give it a number or a list of numbers.",
        ),
        (
            "budget = { PL = [] }",
            "",
            "new.levers.budget: has 0 entries. Allowed: 1 to 20, one a projected year.",
        ),
        (
            "budget = { others = 0.0 }",
            "",
            "new.levers.budget: 0.0 is too small. Allowed: more than 0, at most 10; 1 is neutral.",
        ),
        (
            "growth = [0.0, -3]",
            "",
            "new.levers.growth: -3 is too small. Allowed: -0.5 to 0.5; 0.03 is three per cent a year.",
        ),
        (
            "investment_share = 9",
            "",
            "new.levers.investment_share: 9 is too large. Allowed: -0.9 to 0.9; 0.03 is three points.",
        ),
        ("slip_months = 150", "", "new.levers.slip_months: 150 is too large. Allowed: -120 to 120."),
        ("rates = { PL = 0.01 }", "", f"new.levers.rates: {{'PL': 0.01}} is not {FORMS['years']}."),
        ("joint = 1.5", "", "new.levers.joint: 1.5 is too large. Allowed: 0 to 1."),
        ("successor = -1", "", "new.levers.successor: -1 is too small. Allowed: 0 to 100000."),
        ('leaves = "DE"', "", """new.levers.leaves: 'DE' is not a list of states such as ["DE", "FR"]."""),
        (
            "growth = 0.1",
            'strian = "up"',
            "new.expects.strian: unknown quantity. Did you mean strain? See `forecaster list metrics`.",
        ),
        (
            "growth = 0.1",
            'strain = "more"',
            "new.expects.strain: 'more' is not allowed. Expected 'up', 'down' or 'none'.",
        ),
    ],
)
def test_a_mistake_in_a_scenario_is_one_line(tmp_path, levers, expects, told):
    text = changed("scenarios.toml") + NEW.format(levers=levers, expects=expects)
    _, lines = read(tmp_path, "scenarios.toml", text)
    assert len(lines) == 1
    assert lines[0].startswith("scenarios.toml, line ")
    assert lines[0].endswith(f", {told}")


@pytest.mark.parametrize(
    "levers",
    [
        "growth = -0.01",
        "growth = [0.0, -0.01]",
        "prices = 1.2",
        "prices = { drones = 1.2, others = 1.1 }",
        "budget = { PL = 0.9, procedure = [1.0, 0.95], others = 0.99 }",
        "joint = 0",
        'leaves = ["DE"]',
        "slip = 2",
    ],
)
def test_every_form_of_lever_is_accepted(tmp_path, levers):
    text = changed("scenarios.toml") + NEW.format(levers=levers, expects="")
    found, lines = read(tmp_path, "scenarios.toml", text)
    assert lines == []
    assert found[-1].id == "new"


def test_states_in_a_procedure_are_named_by_their_codes(tmp_path):
    text = changed("scenarios.toml") + NEW.format(levers="budget = { procedure = 0.9, DE = 0.8 }", expects="")
    found, _ = read(tmp_path, "scenarios.toml", text)
    assert found[-1].levers == {"budget": {"FR": 0.9, "PL": 0.9, "DE": 0.8}}


@pytest.mark.parametrize("levers", ["PL = 0.7, procedure = 0.9", "procedure = 0.9, PL = 0.7"])
def test_a_state_that_is_named_goes_by_its_own_entry(tmp_path, levers):
    text = changed("scenarios.toml") + NEW.format(levers=f"budget = {{ {levers} }}", expects="")
    found, _ = read(tmp_path, "scenarios.toml", text)
    assert found[-1].levers == {"budget": {"FR": 0.9, "PL": 0.7}}


def test_a_scenario_holds_the_levers_of_those_it_combines(tmp_path):
    new = NEW.format(levers="growth = -0.01", expects="").replace(
        "[new.levers]", 'combines = ["recession", "rate-shock"]\n[new.levers]'
    )
    found, lines = read(tmp_path, "scenarios.toml", changed("scenarios.toml") + new)
    assert lines == []
    recession = next(table for table in found if table.id == "recession")
    assert found[-1].levers["growth"][:4] == [-0.01, -0.04, -0.03, -0.01]
    assert found[-1].levers["budget"] == recession.levers["budget"]
    assert found[-1].levers["rates"] == 0.015
    assert (found[-1].combines, found[-1].parts) == ((), ("recession", "rate-shock"))


@pytest.mark.parametrize(
    ("combined", "told"),
    [
        ('"recesion"', "'recesion' is no scenario that can be combined. Did you mean recession?"),
        (
            '"severe"',
            "'severe' is no scenario that can be combined. Name scenarios that combine nothing themselves.",
        ),
        ('"pledge-met", "pledge-missed"', "both set pledge, to 1 and to 0. Leave one of them out."),
    ],
)
def test_what_cannot_be_combined_is_told(tmp_path, combined, told):
    new = NEW.format(levers="", expects="").replace("[new.levers]", f"combines = [{combined}]\n[new.levers]")
    _, lines = read(tmp_path, "scenarios.toml", changed("scenarios.toml") + new)
    assert [line.split("new.combines: ")[1] for line in lines] == [told]


def test_scenarios_are_joined_by_a_plus(tmp_path):
    found, _ = read(tmp_path, "scenarios.toml", changed("scenarios.toml"))
    both = with_combinations(found, ["recession+rate-shock", "recession"])[-1]
    assert (both.id, both.parts) == ("recession+rate-shock", ("recession", "rate-shock"))
    assert set(both.levers) == {"growth", "budget", "investment_share", "rates"}
    assert both.expects == {}
    assert combination(found, "recession+supply-shock").expects == {"strain": "up"}
    with pytest.raises(AssumptionError, match="both set pledge"):
        combination(found, "pledge-met+pledge-missed")


def test_the_baseline_is_first_and_neutral(tmp_path):
    new = NEW.format(levers="", expects="")
    assert read(tmp_path, "scenarios.toml", new)[1] == [
        "scenarios.toml: the table [baseline] is missing. It holds no levers and comes first."
    ]
    _, lines = read(tmp_path, "scenarios.toml", new + new.replace("new", "baseline") + "slip = 2\n")
    assert [line.split(": ", 1)[1] for line in lines] == [
        "comes after new. The baseline comes first.",
        "the baseline moves no lever. Add a scenario.",
    ]


def test_a_scenario_is_named_plainly(tmp_path):
    text = changed("scenarios.toml") + NEW.format(levers="", expects="").replace("[new", "[New_one")
    _, lines = read(tmp_path, "scenarios.toml", text)
    assert [line.split(": ", 1)[1] for line in lines] == [
        "a scenario is named in small letters, digits and hyphens: supply-shock."
    ]
