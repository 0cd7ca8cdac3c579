"""Files a run leaves behind: complete or not at all, and never over an older one unasked."""

import os
from pathlib import Path

from forecaster.errors import OutputExists, OutputNotWritable


def ready(target: Path, *, force: bool) -> None:
    """Raise OutputExists or OutputNotWritable where a report could not be saved later.

    Writes and removes an empty file, as permissions alone tell little on Windows and on shared folders.
    """
    folder = target.parent
    try:
        if target.is_dir():
            raise OutputNotWritable(f"{target}: is a folder. Name a file with --output.")
        if target.exists() and not force:
            raise OutputExists(f"{target}: is already there. Pass --force to replace it, or another name.")
        if not folder.is_dir():
            raise OutputNotWritable(
                f"{target}: the folder {folder} does not exist. Create it or choose another."
            )
        part = _part(target)
        part.touch()
        part.unlink()
    except OSError as error:
        raise OutputNotWritable(_refused(target, error)) from error


def save(content: bytes, target: Path, *, force: bool) -> None:
    """Write a file beside its place and move it there once it is whole.

    Raises OutputNotWritable where the place is held by another program; the file then has another name.
    """
    ready(target, force=force)
    part = _part(target)
    try:
        _written(part, content)
        part.replace(target)
    except PermissionError as error:
        raise OutputNotWritable(_kept(part, target, error)) from error
    except OSError as error:
        raise OutputNotWritable(_refused(target, error)) from error
    finally:
        part.unlink(missing_ok=True)


def _part(target: Path) -> Path:
    return target.with_name(f".{target.name}.{os.getpid()}.part")


def _refused(target: Path, error: OSError) -> str:
    return f"{target}: cannot be written ({error.strerror}). Choose another place."


def _written(part: Path, content: bytes) -> None:
    with part.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _kept(part: Path, target: Path, error: OSError) -> str:
    """Keep a finished file under a free name and say so."""
    if not part.exists():
        return _refused(target, error)
    number = next(n for n in range(2, 10_000) if not _numbered(target, n).exists())
    part.rename(_numbered(target, number))
    return f"{target}: is open in another program. The report was saved as {_numbered(target, number).name}."


def _numbered(target: Path, number: int) -> Path:
    return target.with_name(f"{target.stem}-{number}{target.suffix}")
