"""An unfinished simulation in a cache folder, so that `--resume` goes on with it.

A checkpoint is the counts of the first so many blocks and a SHA-256 over them. It is written beside its
place and moved there, and the one before it is kept too: a kill at any moment leaves one that is whole. Its
folder is named for all that counts depend on: another case, version, seed or setting never finds it.
"""

import hashlib
import json
import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any, BinaryIO, cast

import numpy as np

from forecaster.engine.crew import Tallies
from forecaster.machine.output import moved, removed
from models.shocks import BLOCK
from models.tally import grids, stored

KEPT = 2
"""Checkpoints of a run that are kept: where the last is damaged, the one before it is not."""

FORGOTTEN_AFTER = 30.0
"""Days after which checkpoints of runs that were never taken up again are removed."""

ENDING = ".counts"
FORMAT = 2

Tell = Callable[[str], None]


@dataclass(frozen=True)
class Kept:
    """What a user asked for. folder: where checkpoints go; resume: go on with one; tell: is told, by line."""

    folder: Path
    resume: bool
    tell: Tell


class Checkpoints:
    """The checkpoints of one run.

    key: all that its counts depend on, beside the grids of its tallies.
    """

    def __init__(self, kept: Kept, key: str) -> None:
        self._kept, self._key = kept, key
        self._folder = kept.folder
        self._last, self._works = 0, True

    def restored(self, tallies: Tallies) -> int:
        """Blocks whose counts were kept and now stand in the tallies; 0 where there are none to use."""
        self._folder = self._kept.folder / _name(self._key, tallies)
        if not self._kept.resume:
            if found := _checkpoints(self._folder):
                self._kept.tell(
                    f"An unfinished run of this case stands at {_blocks(found[0]) * BLOCK:,} paths; "
                    "with --resume the same command goes on from there."
                )
            return 0
        for file in _checkpoints(self._folder):
            if _is_whole(file, tallies):
                _read(file, tallies)
                self._last = _blocks(file)
                self._kept.tell(f"Going on from {self._last * BLOCK:,} paths.")
                return self._last
            self._kept.tell(f"{file.name}: this checkpoint is damaged and is not used.")
        self._kept.tell(
            "No unfinished run of this case with these settings and this version: from the first path."
        )
        return 0

    def save(self, tallies: Tallies, blocks: int) -> None:
        """Keep the counts of the first blocks; a folder that cannot be written to is told once."""
        if not self._works or blocks == self._last:
            return
        file = self._folder / f"{blocks:08d}{ENDING}"
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            _write(file, tallies)
            for old in _checkpoints(self._folder)[KEPT:]:
                removed(old)
        except OSError as error:
            self._works = False
            self._kept.tell(f"This run cannot be resumed later: {self._folder}: {error.strerror}.")
        else:
            self._last = blocks

    def leave(self) -> None:
        """Tell what is kept, since the run ends before its time."""
        if self._last:
            kept = f"{self._last * BLOCK:,} paths are kept"
            self._kept.tell(f"{kept}; with --resume the same command goes on from there.")

    def finish(self) -> None:
        """Remove the checkpoints of this run, and of others that were given up."""
        shutil.rmtree(self._folder, ignore_errors=True)
        with suppress(OSError):
            for other in self._kept.folder.iterdir():
                if time.time() - other.stat().st_mtime > FORGOTTEN_AFTER * 86_400.0:
                    shutil.rmtree(other, ignore_errors=True)


def _name(key: str, tallies: Tallies) -> str:
    """Name of a run's folder: 20 hex digits over its key, its grids and the shapes of its counts."""
    digest = hashlib.sha256(f"{FORMAT}\n{key}\n{np.__version__}\n{list(tallies)}".encode())
    for array in stored(tallies):
        digest.update(f"{array.dtype.str} {array.shape}\n".encode())
    for array in grids(tallies):
        digest.update(np.ascontiguousarray(array).tobytes())
    return digest.hexdigest()[:20]


def _checkpoints(folder: Path) -> list[Path]:
    """Files of a run, the one with the most paths first."""
    return sorted(folder.glob(f"*{ENDING}"), reverse=True)


def _blocks(file: Path) -> int:
    return int(file.stem)


def _header(file: Path) -> bytes:
    return json.dumps({"format": FORMAT, "run": file.parent.name, "blocks": _blocks(file)}).encode() + b"\n"


def _write(file: Path, tallies: Tallies) -> None:
    part = file.with_suffix(f".{os.getpid()}.part")
    digest = hashlib.sha256()
    try:
        with part.open("wb") as out:
            for piece in chain([memoryview(_header(file))], map(_bytes, stored(tallies))):
                digest.update(piece)
                out.write(piece)
            out.write(digest.digest())
        moved(part, file)
    finally:
        part.unlink(missing_ok=True)


def _bytes(array: np.ndarray[Any, Any]) -> memoryview:
    """An array's bytes, not copied."""
    return memoryview(cast("bytes", array.reshape(-1).view(np.uint8)))


def _is_whole(file: Path, tallies: Tallies) -> bool:
    """Whether a file is of the size it should have and its SHA-256 is right."""
    size = len(_header(file)) + sum(array.nbytes for array in stored(tallies))
    digest = hashlib.sha256()
    try:
        with file.open("rb") as source:
            if file.stat().st_size != size + digest.digest_size or not _starts_right(source, file):
                return False
            source.seek(0)
            for piece in _pieces(source, size):
                digest.update(piece)
            return source.read() == digest.digest()
    except OSError:
        return False


def _starts_right(source: BinaryIO, file: Path) -> bool:
    return source.readline() == _header(file)


def _pieces(source: BinaryIO, size: int) -> Iterator[bytes]:
    """So many bytes, a megabyte at a time."""
    while size > 0 and (piece := source.read(min(size, 2**20))):
        size -= len(piece)
        yield piece


def _read(file: Path, tallies: Tallies) -> None:
    """Put the counts of a checkpoint that is whole into the tallies."""
    with file.open("rb") as source:
        source.readline()
        for array in stored(tallies):
            source.readinto(_bytes(array))
