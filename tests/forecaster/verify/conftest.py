"""A report of three invented states, and copies of it with something planted in them."""

import re
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from invented.union import written

from forecaster import pipeline, workbook
from forecaster.case import load
from forecaster.case.settings import settled


@pytest.fixture(scope="session")
def report(tmp_path_factory) -> Path:
    """The workbook of the invented union over four years, as `forecaster run` writes it.

    It is read some sixty times: those of `test_reproduce.py` cover ten years.
    """
    return reported(tmp_path_factory.mktemp("verified"), years=4)


@pytest.fixture(scope="session", params=[1, 2])
def short_report(request, tmp_path_factory) -> Path:
    """A report of one year, and one of two: a row of titles is then hard to tell from a record."""
    return reported(tmp_path_factory.mktemp("short"), years=request.param)


def reported(folder: Path, years: int) -> Path:
    """The report of the invented union over some years, in a folder."""
    path = folder / "report.xlsx"
    case = load(written(folder / "case", years=years, drivers="false"))
    path.write_bytes(workbook.content(pipeline.run(settled(case, paths=1024), workers=1)))
    return path


@pytest.fixture
def planted(report, tmp_path):
    """Copy the report with parts changed: name of a sheet or part -> function of its text, or a new text."""

    def copy(changes: Mapping[str, Callable[[str], str] | str], original: Path = report) -> Path:
        path = tmp_path / "planted.xlsx"
        with zipfile.ZipFile(original) as source, zipfile.ZipFile(path, "w") as target:
            names = re.findall(r'<sheet name="([^"]+)"', source.read("xl/workbook.xml").decode())
            parts = {f"xl/worksheets/sheet{i}.xml": name for i, name in enumerate(names, start=1)}
            left = dict(changes)
            for item in source.infolist():
                text = source.read(item)
                change = left.pop(parts.get(item.filename, item.filename), None)
                if callable(change):
                    changed = change(text.decode())
                    assert changed != text.decode(), item.filename
                    text = changed.encode()
                target.writestr(item.filename, text, zipfile.ZIP_DEFLATED)
            for name, text in left.items():
                target.writestr(name, text)
        return path

    return copy
