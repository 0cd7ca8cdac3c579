"""Files a run leaves behind: complete or not at all, and never over an older one unasked."""

import os
from pathlib import Path

from forecaster.errors import OutputExists, OutputNotWritable


def ready(target: Path, *, force: bool) -> None:
    """Raise OutputExists or OutputNotWritable where a report could not be saved later."""
    if target.exists() and not force:
        raise OutputExists(
            f"{target}: is already there. Pass --force to replace it, or --output with another name."
        )
    if not target.parent.is_dir():
        raise OutputNotWritable(
            f"{target}: the folder {target.parent} does not exist. Create it or choose another."
        )
    if target.is_dir() or not os.access(target.parent, os.W_OK):
        raise OutputNotWritable(f"{target}: cannot be written there. Choose another place with --output.")


def save(content: bytes, target: Path, *, force: bool) -> None:
    """Write a file beside its place and move it there once it is whole.

    Raises OutputNotWritable where the place is held by another program; the file then has another name.
    """
    ready(target, force=force)
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        _written(part, content)
        part.replace(target)
    except PermissionError as error:
        raise OutputNotWritable(_kept(part, target)) from error
    except OSError as error:
        raise OutputNotWritable(f"{target}: {error.strerror}. Choose another place with --output.") from error
    finally:
        part.unlink(missing_ok=True)


def _written(part: Path, content: bytes) -> None:
    with part.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _kept(part: Path, target: Path) -> str:
    """Keep a finished file under a free name and say so."""
    if not part.exists():
        return f"{target}: cannot be written there. Choose another place with --output."
    number = next(n for n in range(2, 10_000) if not _numbered(target, n).exists())
    part.rename(_numbered(target, number))
    return f"{target}: is open in another program. The report was saved as {_numbered(target, number).name}."


def _numbered(target: Path, number: int) -> Path:
    return target.with_name(f"{target.stem}-{number}{target.suffix}")
