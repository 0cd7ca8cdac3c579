"""The stored case run again, and every formula worked out by another program: what was changed is named."""

import json
import re

import openpyxl
import pytest
from commands import invoke

from forecaster import verify as verification
from forecaster.errors import InputError, OutputNotWritable
from forecaster.verify import again, engines, verify
from forecaster.verify.book import read
from forecaster.verify.comparing import distance, shown


def swap(pattern, replacement, seen):
    def change(text):
        match = re.search(pattern, text)
        assert match, pattern
        seen.append(match[1])
        return text[: match.start()] + match.expand(replacement) + text[match.end() :]

    return change


NUMBER = r'<c r="([E-Z][0-9]+)"([^>]*)><v>([0-9]+\.[0-9]+)</v>'
SUM = r'<c r="([A-Z]+[0-9]+)"([^>]*)><f>(SUM\([^<]*\))</f><v>([0-9]+)\.([0-9]*)</v>'


@pytest.mark.slow
def test_an_untouched_report_is_the_same_again(report):
    found = verify(report, workers=1)
    assert found.findings == ()
    assert all(step.done for step in found.steps)
    assert found.steps[3].text.endswith("the same file, byte for byte")


@pytest.mark.slow
def test_every_changed_cell_is_named(report, planted):
    """A number, a formula's value and a text, each on a sheet of its own."""
    number, value, text = [], [], []
    path = planted(
        {
            "Strain": swap(NUMBER, r'<c r="\1"\2><v>9\3</v>', number),
            "Outlays": swap(SUM, r'<c r="\1"\2><f>\3</f><v>9\4.\5</v>', value),
            "Plans": swap(r'<c r="(C1[0-9])"([^>]*)t="s"><v>[0-9]+</v>', r'<c r="\1"\2t="s"><v>0</v>', text),
        }
    )
    found = verify(path, recalculate=False, workers=1)
    assert {(finding.sheet, finding.cell) for finding in found.findings} == {
        ("Strain", number[0]),
        ("Outlays", value[0]),
        ("Plans", text[0]),
    }
    strain = next(finding for finding in found.findings if finding.sheet == "Strain")
    expected = read(report).leaves["Strain"].values
    cell = openpyxl.utils.cell.coordinate_to_tuple(number[0])
    assert strain.expected == repr(expected[cell])
    assert float(strain.found) == float(f"9{strain.expected}")


@pytest.mark.parametrize(
    "engine", ["formualizer", pytest.param("LibreOffice", marks=[pytest.mark.libreoffice, pytest.mark.slow])]
)
def test_a_wrong_stored_value_is_found_by_another_program(planted, monkeypatch, engine):
    monkeypatch.setattr(engines, "ENGINES", {engine: engines.ENGINES[engine]})
    seen = []
    path = planted({"Outlays": swap(SUM, r'<c r="\1"\2><f>\3</f><v>9\4.\5</v>', seen)})
    found = verify(path, rerun=False)
    assert found.steps[-1].text.endswith(f"formulas by {engine}, to 1e-09")
    assert ("Outlays", seen[0]) in {(finding.sheet, finding.cell) for finding in found.findings}
    assert all(engine in finding.expected for finding in found.findings)


def test_without_another_program_it_is_said(report, monkeypatch):
    absent = {name: (lambda: False, work) for name, (_, work) in engines.ENGINES.items()}
    monkeypatch.setattr(engines, "ENGINES", absent)
    step = verify(report, rerun=False).steps[-1]
    assert not step.done
    assert step.text == "not done: none of formualizer, LibreOffice is installed"


def test_a_program_that_came_with_a_report_is_not_run(tmp_path, monkeypatch):
    """Windows finds it in the current folder before any other."""
    monkeypatch.chdir(tmp_path)
    office = tmp_path / "program" / "soffice.exe"
    office.parent.mkdir()
    for place in (office, tmp_path / "soffice.exe"):
        place.write_text("", encoding="utf-8")
    monkeypatch.setattr(engines, "PLACES_OF_OFFICE", (str(office),))
    monkeypatch.setattr(engines.shutil, "which", lambda _: "./soffice.exe")
    assert engines._office() == str(office)
    monkeypatch.setattr(engines, "PLACES_OF_OFFICE", ())
    assert engines._office() is None
    monkeypatch.setattr(engines.shutil, "which", lambda _: str(office))
    assert engines._office() == str(office)


def test_a_program_that_fails_is_told(report, monkeypatch):
    def broken(*_):
        raise engines.NotRecalculatedError("it wrote no file")

    monkeypatch.setattr(engines, "ENGINES", {"Calc": (lambda: True, broken)})
    step = verify(report, rerun=False).steps[-1]
    assert (step.done, step.text) == (False, "not done: Calc: it wrote no file")


def test_the_command_ends_with_5_and_says_what_it_left_out(report, planted):
    ended = invoke("verify", report, "--no-rerun", "--no-recalculate")
    assert (ended.exit_code, ended.stderr) == (0, "")
    assert "not done: --no-rerun" in ended.stdout
    assert "not done: --no-recalculate" in ended.stdout
    path = planted({"xl/workbook.xml": swap(r'<sheet (name="Plans")', r'<sheet state="hidden" \1', [])})
    ended = invoke("verify", path, "--no-rerun", "--no-recalculate")
    assert ended.exit_code == 5
    assert ended.stderr == f"{path}: 1 found; see above.\n"
    ended = invoke("verify", path, "--no-rerun", "--no-recalculate", "--json")
    told = json.loads(ended.stdout)
    assert [finding["sheet"] for finding in told["findings"]] == ["Plans"]
    assert [step["done"] for step in told["steps"]] == [True, True, True, False, False]


def test_a_report_of_another_version_is_not_run_again(report, monkeypatch):
    monkeypatch.setattr("forecaster.verify.again.__version__", "9.9")
    found = verify(report, recalculate=False)
    (finding,) = found.findings
    assert (finding.sheet, finding.found, finding.expected) == (
        "Provenance",
        "forecaster 0.1.0",
        "forecaster 9.9",
    )
    assert finding.advice == "Install forecaster 0.1.0 to have it reproduced."


def test_other_libraries_are_told_and_excused(report, planted, monkeypatch):
    """A report made with another numpy: its version and the fingerprint of its sums are no findings."""
    monkeypatch.setattr("forecaster.verify.again._rerun", lambda *_: report)
    leaf = read(report).leaves["Provenance"].values
    numpy = next(leaf[row, 2] for (row, column), name in leaf.items() if column == 1 and name == "numpy")
    path = planted({"xl/sharedStrings.xml": swap(f"<t>({re.escape(numpy)})</t>", "<t>1.0</t>", [])})
    step = verification.reproduction(read(path), 1, lambda *_: None)
    assert step.findings == ()
    assert f"numpy 1.0 then, {numpy} now" in step.text
    assert "numbers" not in step.text
    assert step.text.endswith("looks and charts not compared")


def stated(report, name):
    """A fingerprint that a report states."""
    leaf = read(report).leaves["Provenance"].values
    return next(leaf[row, 2] for (row, column), found in leaf.items() if column == 1 and found == name)


@pytest.mark.parametrize(
    ("others", "told"),
    [
        ((), "but it counts the same: what differs is how sheets show it, or was changed"),
        (("tally",), "and it comes to other results"),
    ],
)
def test_code_that_moved_is_told_from_a_cell_that_was_changed(report, planted, monkeypatch, others, told):
    """The same version, other code: no report is said to have been changed; what differs is named."""
    monkeypatch.setattr("forecaster.verify.again._rerun", lambda *_: report)
    number, written_by = [], "0" * 64

    def older(text):
        for name in ("code", *others):
            text = text.replace(stated(report, name), written_by)
        return text

    strain = swap(NUMBER, r'<c r="\1"\2><v>9\3</v>', number)
    path = planted({"Strain": strain, "xl/sharedStrings.xml": older})
    step = verification.reproduction(read(path), 1, lambda *_: None)
    (finding,) = step.findings
    assert (finding.sheet, finding.cell) == ("Strain", number[0])
    assert finding.advice.startswith("Written by other code of the same version")
    code = stated(report, "code")[:12]
    assert f"the code is not the one that wrote it (000000000000 then, {code} now), {told}" in step.text


def test_a_cell_that_was_changed_is_no_matter_of_code(report, planted, monkeypatch):
    monkeypatch.setattr("forecaster.verify.again._rerun", lambda *_: report)
    step = verification.reproduction(
        read(planted({"Strain": swap(NUMBER, r'<c r="\1"\2><v>9\3</v>', [])})), 1, lambda *_: None
    )
    (finding,) = step.findings
    assert finding.advice.startswith("This cell was changed after the run.")
    assert "the code" not in step.text


def test_files_that_are_no_reports(tmp_path):
    book = openpyxl.Workbook()
    book.save(tmp_path / "other.xlsx")
    (tmp_path / "text.xlsx").write_text("no workbook")
    (tmp_path / "table.csv").write_text("a,b\n1,2\n")
    for name, told in {
        "other.xlsx": "holds no case: it has no sheet Case, or an empty one. A report",
        "text.xlsx": "text.xlsx",
        "table.csv": "is not a workbook",
        "none.xlsx": "none.xlsx is not there",
    }.items():
        for command in ("verify", "reproduce"):
            ended = invoke(command, tmp_path / name, *[tmp_path / "out"] * (command == "reproduce"))
            assert ended.exit_code == 3, name
            assert told in ended.stderr
    with pytest.raises(InputError):
        verify(tmp_path / "other.xlsx")


@pytest.mark.parametrize(
    ("one", "other", "apart"),
    [
        (1.0, 1.0, 0.0),
        (2e9, 2e9 + 1, 5e-10),
        (0.0, 1e-12, 1e-12),
        ("a", "a", 0.0),
        (None, "", 0.0),
        (1, "1", 1.0),
    ],
)
def test_how_far_values_are_apart(one, other, apart):
    assert distance(one, other) == pytest.approx(apart, abs=1e-15)


def test_what_a_cell_shows_in_words():
    assert [shown(value) for value in (None, "", 0.1, "x")] == ["nothing", "nothing", "0.1", "x"]


def test_a_full_disk_is_nobodys_hand(report, monkeypatch):
    def full(*_, **__):
        raise OutputNotWritable("case: cannot be written (No space left on device). Choose another place.")

    monkeypatch.setattr(again, "write", full)
    with pytest.raises(OutputNotWritable, match="No space left"):
        verify(report, recalculate=False, workers=1)
