import pytest

from forecaster import errors
from forecaster.errors import AssumptionError, ForecasterError, InputError, Problem, Problems, did_you_mean


def test_one_problem_is_one_line():
    problems = Problems()
    problems.add("budgets.xlsx", "spending!L9", "'abc' is not a number. Missing values may be n/a or empty.")
    with pytest.raises(InputError) as raised:
        problems.raise_if_any()
    assert str(raised.value) == (
        "budgets.xlsx, spending!L9: 'abc' is not a number. Missing values may be n/a or empty."
    )


def test_problems_are_grouped_by_file_and_counted_once():
    problems = Problems()
    for file, place in (("a.csv", "1"), ("b.csv", "1"), ("a.csv", "2"), ("a.csv", "1")):
        problems.add(file, place, "wrong.")
    with pytest.raises(AssumptionError) as raised:
        problems.raise_if_any(AssumptionError)
    assert str(raised.value).splitlines() == [
        "3 problems in 2 files:",
        "a.csv, 1: wrong.",
        "a.csv, 2: wrong.",
        "b.csv, 1: wrong.",
    ]


def test_what_is_warned_of_a_whole_file_stands_with_its_errors():
    """It may be their reason; what is warned of a cell or of another file waits."""
    problems = Problems()
    problems.warn("a.csv", "", "was read as Windows-1252.")
    problems.warn("a.csv", "B2", "unit mixed up?")
    problems.warn("b.csv", "", "holds macros.")
    problems.add("a.csv", "1", "wrong.")
    with pytest.raises(InputError) as raised:
        problems.raise_if_any()
    assert str(raised.value).splitlines() == [
        "1 problem and 1 warning in 1 file:",
        "warning: a.csv: was read as Windows-1252.",
        "a.csv, 1: wrong.",
    ]


def test_warnings_stop_nothing():
    problems = Problems()
    problems.warn("PL.xlsx", "", "row 8 is hidden and was left out (999.0).")
    problems.raise_if_any()
    assert problems.errors == ()
    assert problems.warnings == ("PL.xlsx: row 8 is hidden and was left out (999.0).",)


def test_many_problems_of_a_file_leave_room_for_the_next_file():
    problems = Problems()
    for row in range(errors.SHOWN_PER_FILE + 2):
        problems.add("a.csv", f"row {row}", "wrong.")
    problems.add("b.csv", "", "missing.")
    lines = errors.message(problems.errors).splitlines()
    assert lines[0] == f"{errors.SHOWN_PER_FILE + 3} problems in 2 files:"
    assert lines[-2:] == ["a.csv: and 2 more.", "b.csv: missing."]


def test_problems_of_two_collectors_join():
    first, second = Problems(), Problems()
    first.add("a", "", "x")
    second.warn("b", "", "y")
    first.extend(second)
    assert [problem.line for problem in first] == ["a: x", "b: y"]


@pytest.mark.parametrize(
    ("word", "suggestion"),
    [("recesion", " Did you mean recession?"), ("DE", " Did you mean DE?"), ("zzz", "")],
)
def test_did_you_mean(word, suggestion):
    assert did_you_mean(word, ["recession", "severe", "DE"]) == suggestion


def test_every_error_has_its_own_exit_code():
    codes = [kind.exit_code for kind in ForecasterError.__subclasses__()]
    assert sorted(codes) == [3, 4, 5, 6, 7, 8]
    assert Problem("a", "", "b").kind == "error"


@pytest.mark.parametrize(
    "name", ["case", r"D:\Fälle\Müller\fall_2027", r"\\server\share\2027-28", "../case", "v1.2+x"]
)
def test_a_plain_name_is_typed_as_it_is(name):
    assert errors.typed(name) == name


@pytest.mark.parametrize("name", ["Haushalt 2027", "R&D", "Haushalt(2)", "2027,2028", "100%", "it's", "$x"])
def test_a_name_that_a_shell_takes_apart_is_typed_in_quotes(name):
    assert errors.typed(name) == f'"{name}"'
