"""Files appear whole or not at all, and never over an older one unasked."""

import sys
from pathlib import Path

import pytest

from forecaster.errors import OutputExists, OutputNotWritable
from forecaster.machine import output
from forecaster.machine.handover import given, received


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_a_file_is_written_whole(tmp_path):
    output.save(b"report", tmp_path / "edip.xlsx", force=False)
    assert names(tmp_path) == ["edip.xlsx"]
    assert (tmp_path / "edip.xlsx").read_bytes() == b"report"


def test_an_older_report_stays_unless_force_is_given(tmp_path):
    target = tmp_path / "edip.xlsx"
    target.write_bytes(b"old")
    with pytest.raises(OutputExists, match=r"is already there\. Pass --force"):
        output.save(b"new", target, force=False)
    assert target.read_bytes() == b"old"
    output.save(b"new", target, force=True)
    assert target.read_bytes() == b"new"
    assert names(tmp_path) == ["edip.xlsx"]


def test_a_report_held_by_another_program_is_saved_beside_it(tmp_path, monkeypatch):
    target = tmp_path / "edip.xlsx"
    for name in ("edip.xlsx", "edip-2.xlsx"):
        (tmp_path / name).write_bytes(b"old")

    replace = Path.replace

    def held(part, place):
        if place == target:
            raise PermissionError(13, "held", str(part), None, str(place))
        return replace(part, place)

    monkeypatch.setattr(Path, "replace", held)
    monkeypatch.setattr(output, "PAUSES", (0.0,))
    with pytest.raises(OutputNotWritable) as raised:
        output.save(b"new", target, force=True)
    assert str(raised.value) == (
        f"{target}: is open in another program, or write-protected. The report was saved as edip-3.xlsx."
    )
    assert names(tmp_path) == ["edip-2.xlsx", "edip-3.xlsx", "edip.xlsx"]
    assert (tmp_path / "edip-3.xlsx").read_bytes() == b"new"
    assert target.read_bytes() == b"old"


def test_a_scanner_that_holds_a_new_file_is_waited_for(tmp_path, monkeypatch):
    """As on Windows, where scanners of viruses open each file that was written."""
    attempts, replace = [], Path.replace

    def scanned(part, target):
        attempts.append(target)
        if len(attempts) < 3:
            raise PermissionError(13, "held")
        return replace(part, target)

    monkeypatch.setattr(Path, "replace", scanned)
    output.save(b"report", tmp_path / "edip.xlsx", force=False)
    assert len(attempts) == 3
    assert names(tmp_path) == ["edip.xlsx"]


def test_a_scanner_that_holds_the_file_of_a_trial_is_waited_for(tmp_path, monkeypatch):
    attempts, unlink = [], Path.unlink

    def scanned(part, **options):
        attempts.append(part)
        if len(attempts) < 3:
            raise PermissionError(13, "held")
        unlink(part, **options)

    monkeypatch.setattr(Path, "unlink", scanned)
    monkeypatch.setattr(output, "PAUSES", (0.0, 0.0))
    output.ready(tmp_path / "edip.xlsx", force=False)
    assert len(attempts) == 3
    assert names(tmp_path) == []


def held_for_good(*_, **__):
    raise PermissionError(13, "used by another process")


def test_a_report_that_cannot_be_moved_anywhere_is_told(tmp_path, monkeypatch):
    """It had ended as an input that cannot be read, under the name of the hidden file."""
    monkeypatch.setattr(Path, "replace", held_for_good)
    monkeypatch.setattr(output, "PAUSES", ())
    with pytest.raises(OutputNotWritable, match=r"edip\.xlsx: cannot be written \(used by another process\)"):
        output.save(b"report", tmp_path / "edip.xlsx", force=False)
    assert names(tmp_path) == []


def test_what_stays_held_does_not_hide_how_the_writing_ended(tmp_path, monkeypatch):
    def full(part, content):
        part.write_bytes(content[:3])
        monkeypatch.setattr(Path, "unlink", held_for_good)
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(output, "_written", full)
    monkeypatch.setattr(output, "PAUSES", ())
    with pytest.raises(OutputNotWritable, match="No space left on device"):
        output.save(b"report", tmp_path / "edip.xlsx", force=False)
    monkeypatch.undo()
    monkeypatch.setattr(output, "_written", full)
    monkeypatch.setattr(output, "PAUSES", ())
    with pytest.raises(OutputNotWritable, match="No space left on device"):
        output.save_folder({"a.csv": b"report"}, tmp_path / "tables", force=False)


def test_what_a_helper_is_handed_is_waited_for(tmp_path, monkeypatch):
    attempts, opened = [], Path.open

    def scanned(file, *mode):
        attempts.append(file)
        if len(attempts) < 3:
            raise PermissionError(13, "held")
        return opened(file, *mode)

    given([1, 2], tmp_path / "work")
    monkeypatch.setattr(Path, "open", scanned)
    monkeypatch.setattr(output, "PAUSES", (0.0, 0.0))
    assert received(str(tmp_path / "work")) == [1, 2]


@pytest.mark.parametrize("name", ["CON.xlsx", "aux.2026.xlsx", "com1 .xlsx", "edip: final.xlsx"])
def test_a_name_that_windows_keeps_for_itself_is_told_before_a_run(tmp_path, name):
    with pytest.raises(OutputNotWritable, match="Windows has no file of that name"):
        output.ready(tmp_path / name, force=True)
    with pytest.raises(OutputNotWritable, match="Windows has no file of that name"):
        output.ready_folder(tmp_path / name, ("edip-DE.xlsx",), force=True)
    output.ready(tmp_path / "console.con.xlsx", force=True)
    assert names(tmp_path) == []


def test_a_full_disk_leaves_nothing(tmp_path, monkeypatch):
    def full(part, content):
        part.write_bytes(content[:3])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(output, "_written", full)
    with pytest.raises(OutputNotWritable, match=r"cannot be written \(No space left on device\)"):
        output.save(b"report", tmp_path / "edip.xlsx", force=False)
    assert names(tmp_path) == []


def test_an_interrupt_leaves_nothing(tmp_path, monkeypatch):
    def interrupted(part, content):
        part.write_bytes(content[:3])
        raise KeyboardInterrupt

    monkeypatch.setattr(output, "_written", interrupted)
    with pytest.raises(KeyboardInterrupt):
        output.save(b"report", tmp_path / "edip.xlsx", force=False)
    assert names(tmp_path) == []


@pytest.mark.parametrize(
    ("place", "text"),
    [
        ("missing/edip.xlsx", "does not exist. Create it or choose another."),
        ("folder", "is a folder. Name a file with --output."),
        ("file/edip.xlsx", "does not exist. Create it or choose another."),
    ],
)
def test_a_wrong_place_is_told_before_a_run(tmp_path, place, text):
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").touch()
    with pytest.raises(OutputNotWritable) as raised:
        output.ready(tmp_path / place, force=False)
    assert text in str(raised.value)


def test_a_folder_that_takes_no_file_is_told_before_a_run(tmp_path, monkeypatch):
    def denied(_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "touch", denied)
    with pytest.raises(OutputNotWritable, match=r"edip\.xlsx: cannot be written \(Permission denied\)"):
        output.ready(tmp_path / "edip.xlsx", force=False)


def test_on_windows_a_path_that_is_too_long_is_told(tmp_path, monkeypatch):
    """A folder of OneDrive in a folder of a user may take half of it; Windows says the path is not found."""

    def lost(_):
        raise FileNotFoundError(2, "The system cannot find the path specified")

    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setattr(Path, "touch", lost)
    target = tmp_path / f"{'x' * 200}.xlsx"
    target = target.with_stem("x" * (200 + 241 - len(str(target))))
    with pytest.raises(OutputNotWritable, match=r"path has 241 characters, .* a place with at most 240\.$"):
        output.ready(target, force=False)
    with pytest.raises(OutputNotWritable, match=r"specified\)\. Choose another place\.$"):
        output.ready(target.with_stem(target.stem[1:]), force=False)
