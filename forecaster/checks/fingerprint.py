"""A fingerprint of the program: what a report that differs was written by, where the version is the same."""

import hashlib
from functools import cache
from pathlib import Path

import forecaster
import models


@cache
def code() -> str:
    """SHA-256 of the source of forecaster and models, whatever its line ends and wherever it is installed."""
    digest = hashlib.sha256()
    for package in (forecaster, models):
        home = Path(str(package.__file__)).parent
        for path in sorted(home.rglob("*.py"), key=lambda path: path.relative_to(home).as_posix()):
            text = path.read_bytes().replace(b"\r\n", b"\n")
            name = f"{package.__name__}/{path.relative_to(home).as_posix()}"
            digest.update(f"{name} {hashlib.sha256(text).hexdigest()}\n".encode())
    return digest.hexdigest()
