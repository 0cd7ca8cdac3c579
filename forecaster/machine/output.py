"""Files a run leaves behind: complete or not at all, and never over an older one unasked."""

import os
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

from forecaster.errors import OutputExists, OutputNotWritable

Result = TypeVar("Result")

PAUSES = (0.1, 0.2, 0.4, 0.8)
"""Seconds between attempts at a file that another program holds."""

LONGEST = 240
"""Characters of a path that Windows takes, whatever its settings: 259, less what a half-written file adds."""

DEVICES = {"CON", "PRN", "AUX", "NUL", *(f"{port}{n}" for port in ("COM", "LPT") for n in range(10))}
"""Names that Windows keeps for devices, whatever the ending."""


def ready(target: Path, *, force: bool) -> None:
    """Raise OutputExists or OutputNotWritable where a report could not be saved later.

    Writes and removes an empty file, as permissions alone tell little on Windows and on shared folders.
    """
    folder = target.parent
    if _is_lost(target.name):
        raise OutputNotWritable(f"{target}: Windows has no file of that name. Choose another.")
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
        removed(part)
    except OSError as error:
        raise OutputNotWritable(_refused(target, error)) from error


def patiently(act: Callable[[], Result]) -> Result:
    """Do something with a file, and return what that returns.

    On Windows it is refused while another program reads the file, and scanners of viruses read each new one:
    they get a moment. Raises PermissionError where the file stays held.
    """
    for pause in PAUSES:
        try:
            return act()
        except PermissionError:
            time.sleep(pause)
    return act()


def moved(part: Path, target: Path) -> None:
    """Move a finished file to its place. Raises PermissionError where that stays held."""
    patiently(lambda: part.replace(target))


def removed(file: Path) -> None:
    """Remove a file that may be there. Raises PermissionError where it stays held."""
    patiently(lambda: file.unlink(missing_ok=True))


def save(content: bytes, target: Path, *, force: bool) -> None:
    """Write a file beside its place and move it there once it is whole.

    Raises OutputNotWritable where the place is held by another program; the file then has another name.
    """
    ready(target, force=force)
    part = _part(target)
    try:
        _written(part, content)
        moved(part, target)
    except PermissionError as error:
        raise OutputNotWritable(_kept(part, target, error)) from error
    except OSError as error:
        raise OutputNotWritable(_refused(target, error)) from error
    finally:
        _cleared([part], None)


def _is_lost(name: str) -> bool:
    """Whether Windows would give what is written there to a device, or hide it behind another file."""
    return ":" in name or name.partition(".")[0].rstrip().upper() in DEVICES


def ready_folder(folder: Path, names: Sequence[str], *, force: bool) -> None:
    """Raise OutputExists or OutputNotWritable where files could not be saved in a folder later.

    A folder that is not there is made when they are saved; other files in it stay as they are.
    """
    if not folder.exists():
        ready(folder, force=force)
        return
    if not folder.is_dir():
        raise OutputNotWritable(f"{folder}: is a file. Name a folder.")
    there = [name for name in names if (folder / name).exists()]
    if there and not force:
        more = f" and {len(there) - 1} more of the files to be written" if there[1:] else ""
        raise OutputExists(
            f"{folder}: already holds {there[0]}{more}. Pass --force to replace them, or name another folder."
        )
    ready(folder / names[0], force=True)


def make_parents(folder: Path) -> None:
    """Make the folders that a folder lies in, where there are none. Raises OutputNotWritable."""
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputNotWritable(f"{folder}: {error.strerror}. Choose another folder.") from error


def save_folder(files: Mapping[str, bytes], folder: Path, *, force: bool, seal: str = "") -> None:
    """Write files beside their places in a folder and move them there once all are whole.

    seal: the file that describes all others; it is moved last, and an older one goes first. Raises
    OutputNotWritable, naming the files held by another program; those keep their older content.
    """
    ready_folder(folder, tuple(files), force=force)
    made = not folder.exists()
    parts = {folder / name: _part(folder / name) for name in sorted(files, key=lambda name: name == seal)}
    try:
        folder.mkdir(exist_ok=True)
        for target, part in parts.items():
            _written(part, files[target.name])
        held = list(_moved(parts, folder / seal if seal else None))
    except OSError as error:
        raise OutputNotWritable(_refused(folder, error)) from error
    finally:
        _cleared(parts.values(), folder if made else None)
    if held:
        names = ", ".join(target.name for target in held)
        raise OutputNotWritable(
            f"{folder}: open in another program, or write-protected: {names}. Close and run again."
        )


def _moved(parts: Mapping[Path, Path], seal: Path | None) -> Iterator[Path]:
    """Move finished files to their places; those that another program holds. Without all others no seal."""
    held = False
    if seal:
        try:
            removed(seal)
        except PermissionError:
            yield seal
            return
    for target, part in parts.items():
        if held and target == seal:
            return
        try:
            moved(part, target)
        except PermissionError:
            held = True
            yield target


def _cleared(parts: Iterable[Path], folder: Path | None) -> None:
    """Remove what is half-written, and the folder made for it where nothing is in it.

    What stays held is left: how the writing ended is to be told, not this.
    """
    for part in parts:
        with suppress(OSError):
            removed(part)
    if folder:
        with suppress(OSError):
            folder.rmdir()


def _part(target: Path) -> Path:
    return target.with_name(f".{target.name}.{os.getpid()}.part")


def _refused(target: Path, error: OSError) -> str:
    advice, signs = "Choose another place.", len(str(target.absolute()))
    if sys.platform == "win32" and signs > LONGEST:  # Windows says no more than that it finds no such path
        told = f"Its path has {signs} characters, which may be too many for Windows."
        advice = f"{told} Choose a place with at most {LONGEST}."
    return f"{target}: cannot be written ({error.strerror}). {advice}"


def _written(part: Path, content: bytes) -> None:
    with part.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _kept(part: Path, target: Path, error: OSError) -> str:
    """Keep a finished file under a free name and say so."""
    if not part.exists():
        return _refused(target, error)
    free = next(name for name in (_numbered(target, n) for n in range(2, 10_000)) if not name.exists())
    try:
        moved(part, free)
    except OSError:
        return _refused(target, error)
    saved = f"The report was saved as {free.name}."
    return f"{target}: is open in another program, or write-protected. {saved}"


def _numbered(target: Path, number: int) -> Path:
    return target.with_name(f"{target.stem}-{number}{target.suffix}")
