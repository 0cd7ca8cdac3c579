"""The canonical form of a case: complete, exact, and read back as the same case."""

import math
import re
import tomllib
from dataclasses import dataclass, fields, replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from invented.union import assuming, invented, with_figures, written
from openpyxl import Workbook

from forecaster.case import Case, bundled, bundled_case, canonical, load
from forecaster.case.settings import of_ministry, settled
from forecaster.errors import ForecasterError, InputError, Problems
from forecaster.figures import Budgets, csv_text
from forecaster.toml import TOML_FILES, writing
from forecaster.verify.reproduce import write

TEXTS = st.text(st.characters(codec=None), max_size=20)
HOSTILE = [
    "=cmd|'/c calc'!A0",
    "+1+1",
    "@SUM(1)",
    "-2",
    "-2-3",
    "_x0041_",
    "a\r\nb\tc\x07",
    "\ud800\uffff\u2028",
    "\\u0041",
]


@dataclass(frozen=True)
class Everything:
    """A record with every kind of field that the tables of a case have."""

    text: str
    number: float
    maybe: float | None
    count: int
    flag: bool
    day: date | None
    words: tuple[str, ...]


def again(case: Case, folder: Path) -> Case:
    write(canonical.files(case), folder)
    return load(folder)


def equal(one: Case, other: Case) -> None:
    assert canonical.files(one) == canonical.files(other)
    for name in ("assumptions", "programme", "scenarios", "warnings", "files"):
        assert getattr(one, name) == getattr(other, name), name
    for name in canonical.RECORDS:
        assert repr(getattr(one.budgets, name)) == repr(getattr(other.budgets, name)), name


records = st.builds(
    Everything,
    text=TEXTS | st.sampled_from(HOSTILE),
    number=st.floats(allow_infinity=False),
    maybe=st.none() | st.floats(allow_nan=False, allow_infinity=False),
    count=st.integers(),
    flag=st.booleans(),
    day=st.none() | st.dates(),
    words=st.lists(TEXTS.filter(bool), max_size=3).map(tuple),
)


@given(st.lists(records, max_size=4))
def test_records_come_back_to_the_bit(found):
    problems = Problems()
    text = csv_text.text(Everything, found)
    assert repr(csv_text.parsed(Everything, text, "x.csv", problems)) == repr(tuple(found))
    assert problems.errors == ()
    assert text.count("\n") == len(text.splitlines()) == len(found) + 1


@given(st.lists(TEXTS | st.sampled_from(HOSTILE), min_size=1, max_size=3))
def test_nothing_in_a_line_would_be_changed_by_a_cell(texts):
    text = csv_text.text(canonical.Warned, map(canonical.Warned, texts))
    for entry in text.splitlines()[1:]:
        assert not re.search("[\x00-\x1f\x7f\ud800-\udfff\ufffe\uffff]|x[0-9a-fA-F]{4}_", entry)
        assert not re.match(r"\"?([=@]|[+-][^0-9.])", entry)


def test_a_wrong_entry_is_named_with_its_line():
    names = ",".join(field.name for field in fields(Everything))
    problems = Problems()
    lines = [names, "a,1,,2,yes,,", "a,one,,2.5,maybe,31.12.2026,", "a,1", "b,1e999,,1,no,,"]
    found = csv_text.parsed(Everything, "\n".join(lines), "x.csv", problems)
    assert len(found) == 1
    assert [problem.line for problem in problems.errors] == [
        "x.csv, line 3, number: 'one' is not a number with a decimal point.",
        "x.csv, line 3, count: '2.5' is not a whole number.",
        "x.csv, line 3, flag: 'maybe' is not yes or no.",
        "x.csv, line 3, day: '31.12.2026' is not a date such as 2026-11-22.",
        "x.csv, line 4: has 2 entries. Needed: 7.",
        "x.csv, line 5, number: '1e999' is not a number with a decimal point.",
    ]
    problems = Problems()
    assert csv_text.parsed(Everything, "a,b\n", "x.csv", problems) == ()
    assert problems.errors[0].line.startswith("x.csv, line 1: the columns are a, b. Needed: text, number")


keys = st.text(min_size=1, max_size=8).filter(lambda key: not any(0xD800 <= ord(c) <= 0xDFFF for c in key))
safe_texts = st.text(st.characters(codec="utf-8"), max_size=20) | st.sampled_from(
    ["_x0041_", 'a"b\\c', "\x7f"]
)
plain = st.booleans() | st.integers(-(2**63), 2**63 - 1) | safe_texts | st.dates(date(1, 1, 1))
plain |= st.floats(allow_nan=False, allow_infinity=False)
values = st.recursive(
    plain, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=3)
)
tables = st.dictionaries(keys, values, max_size=3)


@given(st.dictionaries(keys, tables | st.lists(tables, min_size=1, max_size=2), max_size=3))
def test_toml_comes_back_as_it_was(data):
    text = writing.document("about", data)
    assert repr(tomllib.loads(text)) == repr(data)
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f]|x[0-9a-fA-F]{4}_", text)


def test_what_has_no_form_is_refused():
    with pytest.raises(TypeError, match="None has no form in TOML"):
        writing.document("about", {"a": {"b": None}})


def test_every_part_of_a_case_has_its_place():
    """A new field of a case or its budgets needs one in the canonical form too."""
    assert {field.name for field in fields(Budgets)} == {*canonical.RECORDS, "files", "warnings"}
    assert {field.name for field in fields(Case)} == {
        "folder",
        "budgets",
        "assumptions",
        "programme",
        "scenarios",
        "warnings",
        "files",
    }
    assert canonical.NAMES[:3] == ("assumptions.toml", "programme.toml", "scenarios.toml")
    assert set(TOML_FILES) < set(canonical.NAMES)


@pytest.mark.parametrize("form", ["*.csv", "*.xlsx"])
def test_the_bundled_case_comes_back_as_it_was(tmp_path, form):
    case = bundled_case()
    assert tuple(canonical.files(case)) == canonical.NAMES
    equal(again(case, tmp_path / "canonical"), case)
    (tmp_path / "own").mkdir()
    for file in (*bundled().glob(form), *bundled().glob("*.toml")):
        (tmp_path / "own" / file.name).write_bytes(file.read_bytes())
    own = load(tmp_path / "own")
    assert canonical.substance(own) == canonical.substance(case)
    equal(again(own, tmp_path / "again"), own)


def test_what_a_run_was_asked_for_travels_in_the_case(tmp_path):
    case = settled(
        invented(tmp_path / "case"),
        states=["NO"],
        scenarios=["squeeze", "squeeze+parting"],
        paths=2048,
        precision=1.0,
        seed=5,
        years=3,
    )
    read = again(of_ministry(case, "BO"), tmp_path / "canonical")
    run = read.assumptions.run
    assert (run.paths, run.seed, run.years, run.precision, run.ministry) == (2048, 5, 3, 1.0, "BO")
    assert run.scenarios == ("baseline", "squeeze", "squeeze+parting")
    assert read.scenarios[-1].id == "squeeze+parting"
    assert settled(read) == read
    assert canonical.substance(read) == canonical.substance(replace(case, scenarios=read.scenarios))


def test_none_chosen_means_all(tmp_path):
    case = invented(tmp_path / "case")
    names = [table.id for table in case.scenarios]
    assert settled(case, states=["NO", "BO", "AL"], scenarios=names) == settled(case)
    assert settled(case, scenarios=["baseline"]).assumptions.run.scenarios == ("baseline",)


@pytest.mark.parametrize(
    ("entry", "told"),
    [
        ({"states": '["XX"]'}, "'XX' is not a state of this case."),
        ({"ministry": '"Norland"'}, "'Norland' is not a state of this case."),
        ({"scenarios": '["sqeeze"]'}, "'sqeeze' is not a scenario of this case. Did you mean squeeze?"),
        ({"scenarios": '["squeeze+squeeze"]'}, "squeeze+squeeze names squeeze twice. Name it once;"),
        (
            {"scenarios": '["squeeze+partin"]'},
            "'partin' is not a scenario of this case.",
        ),
        ({"precision": "50.0"}, "50.0 is too large. Allowed: at most 10."),
    ],
)
def test_what_run_names_must_be_there(tmp_path, entry, told):
    with pytest.raises(ForecasterError, match=re.escape(told)):
        invented(tmp_path / "case", **entry)


def test_identity_stands_for_the_origin_of_figures_and_substance_for_figures(tmp_path):
    case = invented(tmp_path / "case")
    first, *rest = case.budgets.figures
    moved = replace(case, budgets=replace(case.budgets, figures=(replace(first, cell="Z9"), *rest)))
    changed = replace(
        case,
        budgets=replace(
            case.budgets, figures=(replace(first, value=math.nextafter(first.value, 9e9)), *rest)
        ),
    )
    assert canonical.identity(moved) != canonical.identity(case)
    assert canonical.substance(moved) == canonical.substance(case)
    assert canonical.substance(changed) != canonical.substance(case)
    assert canonical.substance(settled(case, paths=1024, seed=1)) == canonical.substance(case)
    assert canonical.identity(settled(case, seed=1)) != canonical.identity(case)
    for other in (
        assuming(case, {"cost.growth_median": 1.2}),
        with_figures(case, "commitments", {("AL", 2026): 1.0}),
    ):
        assert canonical.identity(other) != canonical.identity(case)


def test_a_changed_figure_is_told(tmp_path):
    case = again(invented(tmp_path / "case"), tmp_path / "canonical")
    path = tmp_path / "canonical" / "figures.csv"
    text = path.read_text("utf-8")
    changed = re.sub(r"(?m)^(spending,AL,2025,)[^,]*", r"\g<1>12345.5", text)
    path.write_text(changed, "utf-8")
    found = load(tmp_path / "canonical")
    assert found.budgets.figure("spending", "AL", 2025).value == 12345.5
    (told,) = found.warnings
    assert told.startswith("figures.csv: changed since it was written from a report.")
    assert found.files["figures.csv"] == canonical.sha256(changed)
    assert found.files["spending.csv"] == case.files["spending.csv"]


def test_a_changed_assumption_goes_by_its_own_fingerprint(tmp_path):
    case = again(invented(tmp_path / "case"), tmp_path / "canonical")
    path = tmp_path / "canonical" / "assumptions.toml"
    path.write_text(path.read_text("utf-8").replace("seed = 7", "seed = 8"), "utf-8")
    found = load(tmp_path / "canonical")
    assert found.warnings == ()
    assert found.files["assumptions.toml"] != case.files["assumptions.toml"]
    assert found.files["programme.toml"] == case.files["programme.toml"]


BROKEN = {
    "code": ("figures.csv", r"(?m)^spending,AL,2025", "spending,XL,2025", "figures.csv, XL: is not a state"),
    "table": ("figures.csv", r"(?m)^spending,AL,2025", "speding,AL,2025", "Did you mean spending?"),
    "year": ("figures.csv", r"(?m)^spending,AL,2025.*\n", "", "figures.csv, spending, AL: 2025: no figure"),
    "later": (
        "figures.csv",
        r"(?m)^gdp,AL,2030(,.*\n)",
        r"\g<0>gdp,AL,2032\1",
        "figures.csv, gdp, BO: 2031, 2032: no figure",
    ),
    "twice": ("figures.csv", r"(?m)^(spending,AL,2025.*\n)", r"\1\1", "more than one figure has this place"),
    "number": ("figures.csv", r"(?m)^(spending,AL,2025,)[^,]*", r"\1much", "'much' is not a number"),
    "heading": ("plans.csv", "^code", "state", "plans.csv, line 1: the columns are state"),
}


@pytest.mark.parametrize("what", BROKEN)
def test_what_a_change_by_hand_breaks_is_named(tmp_path, what):
    name, pattern, replacement, told = BROKEN[what]
    again(invented(tmp_path / "case"), tmp_path / "canonical")
    path = tmp_path / "canonical" / name
    text, count = re.subn(pattern, replacement, path.read_text("utf-8"), count=1)
    assert count == 1
    path.write_text(text, "utf-8")
    with pytest.raises(InputError, match=re.escape(told)):
        load(tmp_path / "canonical")


def test_a_missing_file_is_named_and_a_strange_one_told(tmp_path):
    again(invented(tmp_path / "case"), tmp_path / "canonical")
    strange = ("budgets.xlsx", "figures.ods", "panel.csv")
    for name in strange:
        (tmp_path / "canonical" / name).write_bytes(b"")
    report = Workbook()
    report.properties.creator = "forecaster 1.0"
    report.save(tmp_path / "canonical" / "edip.xlsx")
    told = "is no part of a case that holds origin.csv and was not read."
    assert load(tmp_path / "canonical").warnings == tuple(f"{name}: {told}" for name in strange)
    (tmp_path / "canonical" / "loans.csv").unlink()
    with pytest.raises(InputError, match=r"loans\.csv: not found\. A case that holds origin\.csv needs it\."):
        load(tmp_path / "canonical")


def test_a_ministrys_own_file_is_not_needed_again(tmp_path):
    """Its figures are in the tables; another file may be named as in any case."""
    folder = written(tmp_path / "case")
    (folder / "own.csv").write_text("EUR million\nItem,2025,2026,2027\nBudget,20500,22500,24500\n", "utf-8")
    with (folder / "assumptions.toml").open("a", encoding="utf-8") as file:
        file.write('\n[sources.AL]\nfile = "own.csv"\nunit = "EUR million"\nstatus = "voted"\nweight = 0.9\n')
    case = load(folder)
    assert any(plan.series == "own" for plan in case.budgets.plans)
    read = again(case, tmp_path / "canonical")
    equal(read, case)
    assert read.warnings
    assert "sources" not in tomllib.loads((tmp_path / "canonical" / "assumptions.toml").read_text("utf-8"))
    with (tmp_path / "canonical" / "assumptions.toml").open("a", encoding="utf-8") as file:
        file.write('\n[sources.AL]\nfile = "newer.csv"\nunit = "EUR million"\n')
    (tmp_path / "canonical" / "newer.csv").write_text(
        "EUR million\nItem,2025,2026,2027\nBudget,20500,22500,99999\n", "utf-8"
    )
    newer = load(tmp_path / "canonical")
    assert max(plan.amount for plan in newer.budgets.plans if plan.series == "own") == 99999.0
    assert set(newer.files) >= {"own.csv", "newer.csv"}
    assert newer.assumptions.sources["AL"].file == "newer.csv"
