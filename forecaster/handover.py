"""What a helper process works on, handed over in a file.

As an argument it could overfill the pipe to a process that dies while it starts, and block for ever.
"""

import pickle
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def handed(work: object) -> Iterator[Path]:
    """File that holds some work, in a folder of its own that goes with the context."""
    with tempfile.TemporaryDirectory(prefix="forecaster-", ignore_cleanup_errors=True) as folder:
        file = Path(folder) / "work"
        file.write_bytes(pickle.dumps(work))
        yield file


def given(result: object, file: Path) -> None:
    """Write what work came to; the file is there when it is whole."""
    part = file.with_suffix(".part")
    part.write_bytes(pickle.dumps(result))
    part.replace(file)


def received(file: str) -> object:
    """What another of this program's processes has written; the file is nobody else's input."""
    return pickle.loads(Path(file).read_bytes())  # noqa: S301  written by this program
