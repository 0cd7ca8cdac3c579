"""The temporary folder: it holds what memory need not, and is told of where it cannot be used."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

from forecaster.errors import OutputNotWritable


def temporary_folder() -> tempfile.TemporaryDirectory[str]:
    """A folder that is removed with its context, but for what another program holds open."""
    return tempfile.TemporaryDirectory(prefix="forecaster-", ignore_cleanup_errors=True)


@contextmanager
def room_for(what: str) -> Iterator[None]:
    """Raise OutputNotWritable where something cannot be written to the temporary folder."""
    try:
        yield
    except OSError as error:
        place = tempfile.tempdir or "nowhere"  # asking for it again would fail again
        raise OutputNotWritable(
            f"{place}: {what} cannot be written to this temporary folder: {error}. "
            "Make room there, or name another folder in the environment variable TMPDIR (on Windows TEMP)."
        ) from error
