"""A folder as a case: what is read, what is refused, what `init` writes."""

import hashlib
import shutil

import pytest

from forecaster import case
from forecaster.errors import AssumptionError, ForecasterError, InputError, OutputExists, OutputNotWritable
from forecaster.readers.files.text import guessed

ADVICE = "Remove it here or add its row to the table states."


@pytest.fixture
def folder(tmp_path):
    case.init(tmp_path / "case", csv=True, force=False)
    return tmp_path / "case"


def replace(path, old, new):
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def refused(folder, error):
    with pytest.raises(ForecasterError) as raised:
        case.load(folder)
    assert raised.type is error
    return str(raised.value).splitlines()


@pytest.mark.parametrize("csv", [True, False])
def test_what_init_writes_loads_without_change(tmp_path, csv):
    names = case.init(tmp_path / "new" / "case", csv=csv, force=False)
    found = case.load(tmp_path / "new" / "case")
    assert set(found.files) == set(names) - {"README.md"}
    assert found.warnings == ()
    assert [state.code for state in found.budgets.states] == list(found.budgets.codes)
    assert len(found.budgets.codes) == 27


def test_files_are_told_by_name_and_hash(folder):
    found = case.load(folder)
    assert list(found.files) == sorted(found.files)
    for name, sha256 in found.files.items():
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == sha256


def test_the_folder_is_not_part_of_a_case(folder, tmp_path):
    found = case.load(folder)
    shutil.move(folder, tmp_path / "elsewhere")
    moved = case.load(tmp_path / "elsewhere")
    assert repr(moved) == repr(found)
    assert moved == found


def test_no_folder_is_one_line(tmp_path):
    nowhere = tmp_path / "nowhere"
    assert refused(nowhere, InputError) == [
        f"{nowhere}: folder not found. Write one with: forecaster init {nowhere}"
    ]
    report = tmp_path / "nothere.xlsx"
    assert refused(report, InputError) == [f"{report}: report not found. `forecaster run` writes one."]
    file = tmp_path / "budgets.xlsx"
    file.touch()
    assert refused(file, InputError) == [
        f"{file}: is a file. A case is a folder; give the folder that holds it."
    ]
    report = file.rename(tmp_path / "out.xlsx")
    assert refused(report, InputError) == [
        f"{report}: is a file. A case is a folder; `forecaster reproduce` writes that of a report to one."
    ]


@pytest.mark.parametrize(
    ("name", "old", "new", "line"),
    [
        (
            "scenarios.toml",
            'leaves = ["DE"]',
            'leaves = ["EL"]',
            f"'EL' is not a state of this case. Did you mean GR? {ADVICE}",
        ),
        (
            "scenarios.toml",
            'leaves = ["DE"]',
            "leaves = [1]",
            """[1] is not a list of states such as ["DE", "FR"].""",
        ),
        (
            "scenarios.toml",
            'leaves = ["DE"]',
            'leaves = ["el"]',
            f"'el' is not a state of this case. Did you mean GR? {ADVICE}",
        ),
        (
            "programme.toml",
            "min_participants = 3",
            "min_participants = 3\nparticipants = { DE = 0.5, UK = 0.5 }",
            f"'UK' is not a state of this case. {ADVICE}",
        ),
        (
            "assumptions.toml",
            'value = "pooled"',
            'value = "poled"',
            "unknown method 'poled'. Did you mean pooled?",
        ),
        (
            "assumptions.toml",
            'value = "default"',
            'value = "usual"',
            "'usual' is no case of line procurement. Known: legal, default, observed.",
        ),
        (
            "assumptions.toml",
            "base_year = 2025",
            "base_year = 2026",
            "2026 is not a year of the table spending, which holds 2014 to 2025.",
        ),
    ],
)
def test_what_refers_to_nothing_is_one_line(folder, name, old, new, line):
    replace(folder / name, old, new)
    lines = refused(folder, AssumptionError)
    assert len(lines) == 1
    assert lines[0].startswith(f"{name}, line ")
    assert lines[0].endswith(line)


@pytest.mark.parametrize(
    "file", ["own/gdp.csv", "own\\gdp.csv", "../gdp.csv", "own/../../gdp.csv", "/gdp.csv", "C:\\gdp.csv"]
)
def test_a_file_of_a_state_lies_in_the_case(folder, file):
    with (folder / "assumptions.toml").open("a", encoding="utf-8") as text:
        text.write(f"\n[sources.PL]\nfile = '{file}'\n")
    (line,) = refused(folder, AssumptionError)
    told = f"'{file}' names a folder. A state's file lies in the case's folder itself: "
    advice = "copy it there and give its name alone."
    assert line.endswith(f", sources.PL.file: {told}{advice}")


def test_a_state_s_own_file_is_not_told_to_be_unread_in_other_letters(folder):
    """Windows has one file of both names, and lists it by one of them. Blanks about a name are none."""
    with (folder / "assumptions.toml").open("a", encoding="utf-8") as file:
        file.write('\n[sources.PL]\nfile = " Own.csv "\nunit = "PLN million"\n')
    for name in ("Own.csv", "own.csv"):
        (folder / name).write_text(
            "PLN million;2026;2027;2028\nplan;200000;210000;220000\n", encoding="utf-8"
        )
    assert [line for line in case.load(folder).warnings if "was not read" in line] == []


@pytest.mark.parametrize(
    ("tables", "told"),
    [
        (
            "[sources.UK]\nfile = 'own.csv'\n",
            "Name the table after a state of the table states, such as [sources.DE].",
        ),
        (
            "[sources.EL]\nfile = 'own.csv'\n[sources.GR]\nfile = 'own.csv'\n",
            "sources.GR: the same state as sources.EL. Keep one of them.",
        ),
    ],
)
def test_a_table_of_sources_is_of_a_state_of_its_own(folder, tables, told):
    with (folder / "assumptions.toml").open("a", encoding="utf-8") as text:
        text.write(f"\n{tables}")
    (folder / "own.csv").write_text("EUR million,2025,2026,2027\nGreece,7000,7100,7200\n", encoding="utf-8")
    (line,) = refused(folder, AssumptionError)
    assert line.startswith("assumptions.toml, line ")
    assert line.endswith(told)


def test_a_file_of_a_state_that_is_not_there_is_told_where_it_is_named(folder):
    with (folder / "assumptions.toml").open("a", encoding="utf-8") as file:
        file.write('\n[sources.PL]\nfile = "budget-2027.xlsx"\n')
    number = len((folder / "assumptions.toml").read_text(encoding="utf-8").splitlines())
    text = f"budget-2027.xlsx is no file in the folder {folder}."
    assert refused(folder, AssumptionError) == [f"assumptions.toml, line {number}, sources.PL.file: {text}"]


def test_a_file_of_a_state_named_without_its_ending_is_guessed(folder):
    (folder / "rozpocet.xlsx").touch()
    with (folder / "assumptions.toml").open("a", encoding="utf-8") as file:
        file.write('\n[sources.CZ]\nfile = "rozpocet"\n')
    (line,) = refused(folder, AssumptionError)
    assert line.endswith(f"rozpocet is no file in the folder {folder}. Did you mean rozpocet.xlsx?")


def test_a_scenario_with_a_problem_of_its_own_is_no_unknown_one(folder):
    replace(folder / "scenarios.toml", '[recession]\ntitle = "Recession"\n', "[recession]\n")
    replace(folder / "assumptions.toml", "[run]\n", '[run]\nscenarios = ["recession"]\n')
    (line,) = refused(folder, AssumptionError)
    assert line.endswith("recession.title: is missing.")


@pytest.mark.parametrize(
    ("keys", "told"),
    [
        ("min_participants = 30", "needs 30 states, 24 can take part"),
        (
            "min_participants = 3\nparticipants = { DE = 0.5, FR = 0.5 }",
            "needs 3 states, 2 can take part",
        ),
    ],
)
def test_a_contract_that_too_few_can_join_is_warned_of(folder, keys, told):
    replace(folder / "programme.toml", "min_participants = 3", keys)
    (warning,) = case.load(folder).warnings
    assert warning.startswith("programme.toml, line ")
    assert warning.endswith(f".min_participants: {told}: nothing is ever awarded.")


def test_problems_of_all_files_are_told_together(folder):
    replace(folder / "assumptions.toml", "[cost.premium]", "[cost.premum]")
    replace(folder / "programme.toml", "amount = 240.0", "amount = 240.5")
    replace(folder / "scenarios.toml", "slip = 1.5", "slp = 1.5")
    lines = refused(folder, AssumptionError)
    assert lines[0] == "3 problems in 3 files:"
    assert [line.split(",")[0].split(":")[0] for line in lines[1:]] == [
        "assumptions.toml",
        "programme.toml",
        "scenarios.toml",
    ]
    (folder / "spending.csv").unlink()
    lines = refused(folder, InputError)
    assert lines[0] == "4 problems in 4 files:"
    assert lines[1].startswith("spending.csv")


def test_init_replaces_nothing_unasked(folder):
    (folder / "README.md").unlink()
    (folder / "programme.toml").write_text("mine", encoding="utf-8")
    before = sorted(path.name for path in folder.iterdir())
    with pytest.raises(OutputExists, match="already holds"):
        case.init(folder, csv=True, force=False)
    assert sorted(path.name for path in folder.iterdir()) == before
    assert (folder / "programme.toml").read_text(encoding="utf-8") == "mine"
    case.init(folder, csv=True, force=True)
    assert case.load(folder).assumptions == case.bundled_case().assumptions


def test_init_cannot_write_into_a_file(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(OutputNotWritable, match="Choose another folder"):
        case.init(tmp_path / "file" / "case", csv=False, force=False)


def test_a_state_less_is_a_state_less(folder):
    for path in folder.glob("*.csv"):
        if path.stem not in {"panel", "sources"}:
            rows = path.read_text(encoding="utf-8").splitlines(keepends=True)
            path.write_text("".join(row for row in rows if not row.startswith("MT,")), encoding="utf-8")
    found = case.load(folder)
    assert "MT" not in found.budgets.codes
    assert "MT" in found.budgets.panel_codes()


def test_a_file_of_another_code_page_is_told_with_what_is_not_found_in_it(folder):
    """Nothing in a file says that it is in Windows-1250: a row has another name then."""
    with (folder / "assumptions.toml").open("a", encoding="utf-8") as text:
        text.write('\n[sources.CZ]\nfile = "own.csv"\nunit = "CZK million"\nrows = { plan = "Příští rok" }\n')
    rows = "Ukazatel;2025;2026;2027\nPříští rok;154400;160300;171000\n"
    (folder / "own.csv").write_text(rows, encoding="cp1250")
    heading, encoding, row = refused(folder, InputError)
    assert heading == "1 problem and 1 warning in 1 file:"
    assert encoding == f"warning: own.csv: {guessed('cp1252')}"
    assert row.startswith("own.csv: no row 'Příští rok' was found.")
    (folder / "own.csv").write_text(rows, encoding="utf-8")
    case.load(folder)


def test_a_table_of_another_code_page_is_told(folder):
    """Its names and sources would come out wrong in the report."""
    path = folder / "safe.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("Council", "Rada Česko"), encoding="cp1250")
    assert case.load(folder).warnings == (f"safe.csv: {guessed('cp1252')}",)
