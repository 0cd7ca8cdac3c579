"""Spreadsheets in a folder, but for reports of this tool: these bear its name as that of their author."""

import re
import zipfile
from collections.abc import Container
from pathlib import Path

from forecaster.readers.files.gate import DAMAGE

AUTHOR = "forecaster {version}"
"""Who wrote a report. Excel keeps the author of a workbook that is changed and saved."""

WORKBOOKS = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods")
ENDINGS = (*WORKBOOKS, ".tsv")

_WRITTEN = re.compile(rb"creator>" + AUTHOR.format(version=r"\d").encode())
_ABOUT, _ENOUGH = "docProps/core.xml", 100_000  # a part, and how much of it is looked at [bytes]


def spreadsheets(folder: Path, besides: Container[str] = ()) -> list[str]:
    """Names of the spreadsheets of a folder, but for reports and what marks a file that is open.

    besides: names in small letters of those that are left out too, and not opened.
    """
    return sorted(
        one.name
        for one in folder.glob("[!~.]*")
        if one.suffix.lower() in ENDINGS
        and one.name.casefold() not in besides
        and one.is_file()
        and not is_report(one)
    )


def is_report(path: Path) -> bool:
    """Whether this tool wrote a workbook, of any version. False for a file that cannot be read."""
    try:
        with zipfile.ZipFile(path) as parts, parts.open(_ABOUT) as about:
            return _WRITTEN.search(about.read(_ENOUGH)) is not None
    except (*DAMAGE, KeyError, RuntimeError):  # no such part; encrypted
        return False
