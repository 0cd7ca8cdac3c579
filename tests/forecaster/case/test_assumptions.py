"""assumptions.toml: what is accepted, and what a user reads where something is wrong."""

import pickle
import tomllib
from datetime import date

import pytest
from toml_files import changed, line_of, read

from forecaster.case.assumptions import CAPABILITIES, setting
from forecaster.toml.mistakes import SYNTAX_HINT

AFTER = "expected newline or end of document after a statement"

COPY = " A case made by `forecaster init` has it: copy [{}] from there."


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


def test_they_can_be_handed_to_helpers(bundled_assumptions):
    assert pickle.loads(pickle.dumps(bundled_assumptions)) == bundled_assumptions


def test_capabilities_have_a_price_each(bundled_assumptions):
    assert tuple(name for name, _ in bundled_assumptions.cost.price_sd) == CAPABILITIES


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
            r"^\[participation\.(.*?)^\[participation\.",
            r"[particpation.\1[particpation.",
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
        f"assumptions.toml, line {line_of(text, '[strain.amber]')}, strain.red: is missing."
        + COPY.format("strain.red"),
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
        "safe.rate: is missing." + COPY.format("safe.rate"),
        "strain.red.value: 'one' is not a number. Write it without quotes, with a decimal point.",
    ]


TWICE = "the table [budgets.method] is there twice. Keep one."
BRACKETS = "[line] and [[line]] are both there. Each table of a list stands in double brackets."
QUOTE = "is a quote as word processors make it. Type a straight one in its place."
OPEN = "a quote is opened on this line and not closed. Text stands in quotes."
PATHS = (
    "\\ has a meaning of its own in double quotes. A path stands in single quotes ('C:\\data\\x.xlsx'), "
    'or with / ("C:/data/x.xlsx").'
)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (b"[cost]\ngrowth = 1,1\n", f"2, column 11: {AFTER}. The line reads `growth = 1,1`. {SYNTAX_HINT}"),
        (b'note = "', f"end of document: unterminated string. {SYNTAX_HINT}"),
        (
            b"[budgets.method]\na = 1\n[budgets.method]\n",
            f"3, column 16: {TWICE} The line reads `[budgets.method]`.",
        ),
        (
            b"a = 1\na = 2\nb = 3\n",
            "2, column 6: a key or table is there twice. Keep one. The line reads `a = 2`.",
        ),
        (b"[line]\na = 1\n[[line]]\n", f"3, column 7: {BRACKETS} The line reads `[[line]]`."),
        (b"[[line]]\na = 1\n[line]\n", f"3, column 6: {BRACKETS} The line reads `[line]`."),
        (b'[a]\nunit = "share\nb = 1\n', f'2, column 14: {OPEN} The line reads `unit = "share`.'),
        (
            b'file = "C:\\Users\\b.xlsx"\n',
            f'1, column 13: {PATHS} The line reads `file = "C:\\Users\\b.xlsx"`.',
        ),
        (b'file = "C:\\me.xlsx"\n', f'1, column 13: {PATHS} The line reads `file = "C:\\me.xlsx"`.'),
        (
            'note = "a"\nunit = “share”\n'.encode(),
            f"2, column 8: invalid value. The line reads `unit = “share”`. “ {QUOTE}",
        ),
        ('unit = "share”\n'.encode(), f'1, column 15: {OPEN} The line reads `unit = "share”`. ” {QUOTE}'),
        (
            "growth = –0.5\r\n".encode(),
            (
                "1, column 10: invalid value. The line reads `growth = –0.5`. – is a dash. Type the minus "
                "sign - in its place."
            ),
        ),
        (
            "\u00a0seed = 1\n".encode(),
            (
                "1, column 1: invalid statement. The line reads `seed = 1`. A blank there is one of a word "
                "processor or web page. Type an ordinary one in its place."
            ),
        ),
    ],
)
def test_what_is_no_toml_is_told_with_its_line(tmp_path, text, told):
    where, _, wrong = told.partition(": ")
    line = where if where.startswith("end") else f"line {where}"
    assert read(tmp_path, "assumptions.toml", text) == (
        None,
        [f"assumptions.toml, {line}: not valid TOML: {wrong}"],
    )


def test_what_a_file_may_hold_names_the_sign_of_comments(tmp_path):
    """A remark after ; or //, as other formats have it, is no TOML."""
    (told,) = read(tmp_path, "assumptions.toml", b"a = 1 ; was 2\n")[1]
    assert "a comment begins with #" in told


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ("9" * 5000, "holds a number of thousands of digits. No key takes one."),
        ("[" * 3000 + "]" * 3000, "lists or tables are nested hundreds deep. No key needs more than three."),
    ],
)
def test_what_python_does_not_read_is_told(tmp_path, value, told):
    text = changed("assumptions.toml", (r"^seed = \d+", f"seed = {value}"))
    assert read(tmp_path, "assumptions.toml", text)[1] == [f"assumptions.toml: {told}"]


@pytest.mark.parametrize("given", ["[]", "[1.03]"])
def test_a_range_that_is_too_short_is_told(tmp_path, given):
    text = changed("assumptions.toml", (r"(^\[cost\.growth_median\].*?^range = )\[.*?\]", rf"\1{given}"))
    line = line_of(text, f"range = {given}")
    start = f"assumptions.toml, line {line}, cost.growth_median.range"
    lacking = ("[2]",) if "1" in given else ("[1]", "[2]")
    assert read(tmp_path, "assumptions.toml", text)[1] == [f"{start}{one}: is missing." for one in lacking]


def test_another_encoding_is_told_with_its_line(tmp_path):
    told = "assumptions.toml, line 2: not UTF-8 text. Save the file with the encoding UTF-8."
    assert read(tmp_path, "assumptions.toml", b'[cost]\nnote = "Gr\xf6\xdfe"\n') == (None, [told])


def test_a_byte_order_mark_is_read_over(tmp_path):
    text = b"\xef\xbb\xbf" + changed("assumptions.toml").encode()
    assert read(tmp_path, "assumptions.toml", text)[1] == []


def test_settings_of_the_command_line_keep_to_the_same_bounds():
    assert setting("paths", 2048) == 2048
    with pytest.raises(ValueError, match=r"1000 is not a multiple of 1,024\."):
        setting("paths", 1000)
    with pytest.raises(ValueError, match=r"21 is too large\. Allowed: at most 20\."):
        setting("years", 21)
