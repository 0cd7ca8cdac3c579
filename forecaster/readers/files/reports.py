"""Reports of this tool among the files of a folder: they bear its name as that of their author."""

import zipfile
from pathlib import Path

from forecaster.readers.files.gate import DAMAGE

AUTHOR = "forecaster {version}"
"""Who wrote a report. Excel keeps the author of a workbook that is changed and saved."""

_MARK = f">{AUTHOR.format(version='')}".encode()
_ABOUT, _ENOUGH = "docProps/core.xml", 4_096  # a part, and how much of it is looked at [bytes]


def is_report(path: Path) -> bool:
    """Whether this tool wrote a workbook, of any version. False for a file that cannot be read."""
    try:
        with zipfile.ZipFile(path) as parts, parts.open(_ABOUT) as about:
            return _MARK in about.read(_ENOUGH)
    except (*DAMAGE, KeyError, RuntimeError):  # no such part; encrypted
        return False
