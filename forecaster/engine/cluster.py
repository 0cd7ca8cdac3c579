"""Blocks counted on a Dask cluster: whole numbers come back, so the counts are those of one machine.

A Dask scheduler unpickles what it is sent, and so do its workers: whoever reaches one can run code there.
Hence tls, where both sides show certificates; without it only this machine, or what a user calls safe.
"""

import hashlib
import pickle
import platform
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import import_module
from importlib.metadata import version
from ipaddress import ip_address
from itertools import chain, repeat
from pathlib import Path
from typing import Any, TypeAlias, cast
from urllib.parse import SplitResult, urlsplit

import numpy as np

from forecaster import __version__
from forecaster.engine.crew import Crew, CrewOf, Job, Tallies, counted, load_loops
from forecaster.errors import ClusterError
from forecaster.machine.memory import keep
from models.arrays import Bytes
from models.tally import added, bytes_of, laid, moved

TASK_BLOCKS, SMALLEST = 64, 6
"""Blocks of a task at most: ten seconds of work, against which asking for the next one is nothing; and, so
that nobody waits long for the last one, of the tasks at the end: a second."""

TASKS_BETWEEN_STOPS = 4
"""Tasks of that size for each thread of the cluster between two stops, where all wait for the slowest."""

PATIENCE = 60.0
"""Seconds to wait for the scheduler and its first worker."""

SOURCES = (
    "models",
    "forecaster/engine/count.py",
    "forecaster/engine/crew.py",
    "forecaster/engine/cluster.py",
)
"""What a worker runs: it must be the same there and here, whatever version it calls itself."""

Versions: TypeAlias = Mapping[str, str]
Place: TypeAlias = str | None


@contextmanager
def at(address: str, *, insecure: bool) -> Iterator[CrewOf]:
    """Crew of the cluster at an address, for one job: its workers load meanwhile what counting needs.

    Raises ClusterError where the address is not to be trusted, Dask is not installed or has no certificate,
    and where nobody is there or workers do not run what is run here.
    """
    place, library = safe_address(address, insecure=insecure), _library()
    if place.startswith("tls:"):
        _refuse_without_certificate(library, place)
    with _connected(library, place) as dask:
        with _giving_up(dask):
            refuse_others(place, _asked(dask.client))
            loading = [dask.client.submit(load_loops, pure=False, workers=one) for one in dask.places]
        yield lambda job, tallies: _joined(dask, job, tallies)
        for one in loading:
            one.release()


def safe_address(address: str, *, insecure: bool) -> str:
    """Address with its protocol, tls where none is named; ClusterError for one that is not to be trusted."""
    place = address if "://" in address else f"tls://{address}"
    parts = urlsplit(place)
    if parts.scheme not in {"tls", "tcp"} or not parts.hostname or not _port(parts):
        raise ClusterError(
            f"{address}: not an address of a Dask scheduler. "
            "Allowed: tls://host:port, and tcp://host:port on this machine."
        )
    if parts.scheme == "tcp" and not insecure and not _is_here(parts.hostname):
        raise ClusterError(
            f"{address}: refused without tls. A Dask scheduler unpickles what it is sent, so whoever reaches "
            "it can run code there and here. Use tls://, or --insecure where the network is yours alone."
        )
    return place


def _port(parts: SplitResult) -> int:
    try:
        return parts.port or 0
    except ValueError:
        return 0


def _is_here(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _library() -> Any:  # noqa: ANN401 - a package without types
    try:
        return import_module("distributed")
    except ModuleNotFoundError as error:
        raise ClusterError(
            "--cluster needs the package distributed, which is not installed. "
            "Install the extra, here and on the workers: pip install edip-forecaster[cluster]"
        ) from error


def _refuse_without_certificate(library: Any, address: str) -> None:  # noqa: ANN401
    """Raise ClusterError where Dask has nothing to show: its client would wait for two minutes at the end."""
    names = ", ".join(
        f"DASK_DISTRIBUTED__COMM__TLS__{name}" for name in ("CA_FILE", "CLIENT__CERT", "CLIENT__KEY")
    )
    try:
        found = library.Security().get_connection_args("client")["ssl_context"]
    except OSError as error:
        raise ClusterError(
            f"{address}: the certificate cannot be read ({error.strerror or error}). Correct {names}."
        ) from error
    if found is None:
        raise ClusterError(f"{address}: no certificate is set for tls. Set {names}.")


@dataclass(frozen=True)
class _Dask:
    """A scheduler and what talks to it."""

    library: Any
    address: str
    client: Any

    @property
    def places(self) -> list[Place]:
        """The worker of every thread by now: they may join and leave. None, for any, where there is none."""
        threads = self.client.nthreads()
        return [worker for worker in sorted(threads) for _ in range(threads[worker])] or [None]


@contextmanager
def _joined(dask: _Dask, job: Job, tallies: Tallies) -> Iterator[Crew]:
    """Crew of a cluster for a job; the client is closed when that is done."""
    with _giving_up(dask):
        _wait_for_worker(dask.client, dask.address)
        given = pickle.dumps((pickle.dumps(job), pickle.dumps(dict(tallies)), versions()))
        work = dask.client.submit(_as_given, given, pure=False)
        stride = TASKS_BETWEEN_STOPS * TASK_BLOCKS * len(dask.places)
    try:
        yield Crew(lambda blocks: _counted(dask, work, blocks, job.step, tallies), stride)
    finally:
        dask.client.close()


def _counted(dask: _Dask, work: Any, blocks: range, step: int, tallies: Tallies) -> Iterator[int]:  # noqa: ANN401
    """Blocks counted so far, as tasks come to their end; Dask repeats those of a worker that dies.

    Whoever ends one gets the next, so that slow and fast workers end together, and adds to what it has
    counted: only what nobody adds to is sent here.
    """
    with _giving_up(dask):
        waiting, done = iter(tasks(blocks, len(dask.places), step)), blocks.start
        going = _submitted(dask.client, work, waiting, dask.places)
        ended = dask.library.as_completed(going, loop=dask.client.loop)
        try:
            for future in ended:
                place, number = going.pop(future)
                free = _free(dask.places, [of for of, _ in going.values()], place)
                more = _submitted(dask.client, work, waiting, free, future)
                going |= more
                ended.update(more)
                if not more or future.status != "finished":
                    added(tallies, future.result())
                done += number
                yield done
        finally:
            dask.client.cancel(list(going))


@contextmanager
def _giving_up(dask: _Dask) -> Iterator[None]:
    """Raise ClusterError where Dask has lost its scheduler or a task too often."""
    try:
        yield
    except (dask.library.KilledWorker, dask.library.CancelledError, OSError) as error:
        raise ClusterError(f"{dask.address}: the cluster gave up: {error}") from error


def _free(places: Sequence[Place], taken: Sequence[Place], first: Place) -> list[Place]:
    """Workers, once for each thread, that have no task; the one to begin with is first among them."""
    return sorted((Counter(places) - Counter(taken)).elements(), key=lambda place: place != first)


def _submitted(
    client: Any,  # noqa: ANN401
    work: Any,  # noqa: ANN401
    parts: Iterator[range],
    free: Sequence[Place],
    before: Any = None,  # noqa: ANN401
) -> dict[Any, tuple[Place, int]]:
    """The next tasks, with the worker that each is meant for and its blocks; another worker may take it.

    before: whose counts the first of them adds to. Left to itself the scheduler gives all to the worker that
    holds the work, and the others wait.
    """
    return {
        client.submit(
            _task, work, part, added_to, pure=False, workers=place, allow_other_workers=place is not None
        ): (place, len(part))
        for place, part, added_to in zip(free, parts, chain([before], repeat(None)), strict=False)
    }


@contextmanager
def _connected(library: Any, address: str) -> Iterator[_Dask]:  # noqa: ANN401
    """A scheduler that has a worker."""
    try:
        client = library.Client(address, timeout=PATIENCE, set_as_default=False)
    except (OSError, ValueError, TypeError) as error:
        raise ClusterError(f"{address}: no Dask scheduler can be reached there: {error}") from error
    with client:
        _wait_for_worker(client, address)
        yield _Dask(library, address, client)


def _wait_for_worker(client: Any, address: str) -> None:  # noqa: ANN401
    """Raise ClusterError where there is none, and none comes."""
    try:
        client.wait_for_workers(1, timeout=PATIENCE)
    except TimeoutError as error:
        raise ClusterError(f"{address}: the scheduler has no worker.") from error


def _asked(client: Any) -> Mapping[str, Versions | Exception]:  # noqa: ANN401
    """What each worker runs."""
    return cast("Mapping[str, Versions | Exception]", client.run(versions, on_error="return"))


def refuse_others(address: str, found: Mapping[str, Versions | Exception]) -> None:
    """Raise ClusterError naming every worker that does not run what is run here."""
    problems = [line for worker, theirs in sorted(found.items()) if (line := _difference(worker, theirs))]
    if problems:
        raise ClusterError(
            "\n".join((f"{address}: workers must run the same versions as this machine.", *problems))
        )


def _difference(worker: str, theirs: Versions | Exception) -> str:
    """What differs on a worker, empty where nothing does."""
    if isinstance(theirs, Exception):
        return f"{worker}: forecaster cannot be loaded there: {theirs}"
    different = [
        f"{name} {theirs.get(name, 'none')} (here {mine})"
        for name, mine in versions().items()
        if theirs.get(name) != mine
    ]
    return f"{worker}: {', '.join(different)}" if different else ""


@cache
def versions() -> Versions:
    """What counts could depend on; code: digest of the sources that a worker runs."""
    digest = hashlib.sha256()
    root = Path(__file__).resolve().parents[2]
    for name in SOURCES:
        place = root / name
        for file in sorted(place.glob("*.py")) if place.is_dir() else [place]:
            digest.update(file.name.encode() + file.read_bytes().replace(b"\r\n", b"\n"))
    return {
        "Python": ".".join(platform.python_version_tuple()[:2]),
        "numpy": np.__version__,
        "numba": version("numba"),
        "distributed": version("distributed"),
        "forecaster": __version__,
        "code": digest.hexdigest()[:8],
    }


def _as_given(work: bytes) -> bytes:
    """The work itself, as a result of its own: computed again should the worker that holds it die."""
    return work


def _task(work: bytes, blocks: range, before: Bytes | None) -> Bytes:
    """Counts of some blocks, on a worker, with those before. The work's bytes are this program's own.

    Bytes in bytes: versions are looked at before anything is made of the rest. The worker keeps what a task
    frees for the next, which would fetch it anew in up to 0.4 seconds.
    """
    job, empty, theirs = pickle.loads(work)  # noqa: S301
    if theirs != versions():
        raise ClusterError(f"a worker that joined later runs {dict(versions())}, not {dict(theirs)}")
    tallies = pickle.loads(empty)  # noqa: S301
    if before is None:
        buffer = np.zeros(bytes_of(tallies), dtype=np.uint8)
        moved(tallies, buffer)
    else:
        buffer = before.copy()
        laid(tallies, buffer)
    keep()
    for _ in counted(_job(job), tallies, blocks):
        pass
    return buffer


@lru_cache(maxsize=1)
def _job(pickled: bytes) -> Job:
    """A job, the same for all tasks of it on a worker: what a model finds once need not be found again."""
    return cast("Job", pickle.loads(pickled))  # noqa: S301


def tasks(blocks: range, threads: int, step: int) -> list[range]:
    """Blocks in tasks of whole passes: some for every thread, and smaller ones towards the end.

    A task is half of what each thread still has to do (guided self-scheduling: Polychronopoulos and Kuck,
    IEEE Transactions on Computers 36, 1987), within TASK_BLOCKS and SMALLEST.
    """
    most, found, first = min(TASK_BLOCKS, -(-len(blocks) // threads)), [], blocks.start
    while first < blocks.stop:
        each = min(most, max(SMALLEST, -(-(blocks.stop - first) // (2 * threads))))
        found.append(range(first, min(first - (-each // step) * step, blocks.stop)))
        first = found[-1].stop
    return found
