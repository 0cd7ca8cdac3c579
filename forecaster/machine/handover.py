"""What a helper process works on and what that came to, handed over in files.

Sent through a pipe it could overfill that to a process that dies while it starts, and block for ever.
"""

import pickle
from pathlib import Path

from forecaster.machine.output import moved, patiently


def given(result: object, file: Path) -> None:
    """Write some work, or what it came to; the file is there when it is whole."""
    part = file.with_suffix(".part")
    with part.open("wb") as stream:
        pickle.dump(result, stream)
    moved(part, file)


def received(file: str) -> object:
    """What another of this program's processes has written; the file is nobody else's input."""
    with patiently(lambda: Path(file).open("rb")) as stream:
        return pickle.load(stream)  # noqa: S301  written by this program
