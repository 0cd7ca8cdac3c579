"""The fingerprint of the program follows its source, not where or how it is installed."""

import shutil
from pathlib import Path
from types import SimpleNamespace

import pytest

from forecaster.checks import fingerprint


@pytest.fixture
def program(tmp_path, monkeypatch):
    """A small program of two packages in place of the real one."""
    for package in ("forecaster", "models"):
        home = tmp_path / package
        home.mkdir()
        (home / "__init__.py").write_bytes(b'"""A package."""\n')
        (home / "one.py").write_bytes(b"ONE = 1\n")
        monkeypatch.setattr(fingerprint, package, package_at(home))
    return tmp_path


def package_at(home: Path):
    return SimpleNamespace(__name__=home.name, __file__=str(home / "__init__.py"))


def code() -> str:
    return fingerprint.code.__wrapped__()


def test_it_is_that_of_this_program():
    assert fingerprint.code() == code()
    assert len(code()) == 64


@pytest.mark.parametrize("package", ["forecaster", "models"])
def test_any_change_of_the_source_changes_it(program, package):
    before = code()
    (program / package / "one.py").write_bytes(b"ONE = 2\n")
    changed = code()
    (program / package / "one.py").rename(program / package / "two.py")
    assert len({before, changed, code()}) == 3


def test_line_ends_other_files_and_the_place_change_nothing(program, tmp_path, monkeypatch):
    before = code()
    (program / "models" / "one.py").write_bytes(b"ONE = 1\r\n")
    (program / "models" / "one.pyc").write_bytes(b"compiled")
    shutil.copytree(program / "models", tmp_path / "elsewhere" / "models")
    monkeypatch.setattr(fingerprint, "models", package_at(tmp_path / "elsewhere" / "models"))
    assert code() == before
