"""Counts from a Dask cluster on the loopback: those of one machine, whatever happens to a worker."""

import os
import pickle
import signal
import sys
from contextlib import contextmanager
from importlib import import_module

import pytest

from forecaster.engine import Ways, cluster, simulate
from forecaster.engine.cluster import at, refuse_others, safe_address, tasks, versions
from forecaster.engine.crew import Job, load_loops
from forecaster.errors import ClusterError
from models.shocks import BLOCK
from models.stress import scenario

PATHS = 16 * BLOCK
SCENARIOS = (scenario("baseline", {}, 10), scenario("shock", {"prices": 1.3, "slip": 1.5}, 10))


@pytest.fixture(scope="module")
def scheduler():
    """A Dask scheduler with two worker processes on the loopback."""
    distributed = import_module("distributed")
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=":0", host="127.0.0.1"
    ) as local:
        yield local


def join(address):
    with at(address, insecure=False):
        pytest.fail("nobody should be found there")


def simulated(model, ways=Ways(), progress=lambda *_: None, paths=PATHS):  # noqa: B008
    return simulate(model, SCENARIOS, paths, 7, None, progress, ways).statistics


@pytest.fixture(scope="module")
def here(invented_model):
    """Digest of the run on this machine."""
    return simulated(invented_model).digest()


def test_a_cluster_counts_what_this_machine_counts(invented_model, scheduler, here):
    told = []
    with at(scheduler.scheduler_address, insecure=False) as crew:
        assert simulated(invented_model, Ways(crew=crew), lambda *now: told.append(now)).digest() == here
    first, second, last = (done // BLOCK for done, _, _ in told)
    assert (first, second in {10, 12}, last) == (6, True, 16)  # tasks of 6, 6 and 4, whole passes of 3


class Cluster:
    """Of workers with so many threads each: notes where tasks are meant to run; the last one ends first."""

    KilledWorker = CancelledError = ClusterError

    def __init__(self, **threads):
        self.threads, self.meant, self.back, self.loop = threads, [], [], None
        self.client = self

    def nthreads(self):
        return self.threads

    def submit(self, _task, _work, part, before, *, workers, allow_other_workers, pure):
        assert not pure
        assert allow_other_workers == (workers is not None)
        self.meant.append(workers)
        return Future([*(before.counted if before else []), *part])

    def as_completed(self, futures, *, loop):
        assert loop is None
        self.update(futures)
        return self

    def update(self, futures):
        self.back += futures

    def __iter__(self):
        while self.back:
            yield self.back.pop()

    def cancel(self, futures):
        self.left = futures


class Future:
    status = "finished"

    def __init__(self, counted):
        self.counted = counted

    def result(self):
        return self.counted


def one_by_one(blocks, _threads, _step):
    return [range(k, k + 1) for k in blocks]


@pytest.mark.parametrize(
    ("threads", "meant", "sent"),
    [
        ({"b": 2, "a": 1}, ["a", "b", "b"] + ["b"] * 6, [[5, 6, 7, 8, 9, 10, 11], [4], [3]]),
        ({}, [None] * 9, [[*range(3, 12)]]),
    ],
)
def test_whoever_ends_a_task_goes_on_from_it(threads, meant, sent, monkeypatch):
    """A task for each thread, or for whoever comes; what others add to is not sent."""
    found = []
    monkeypatch.setattr(cluster, "added", lambda _, counts: found.append(counts))
    dask = Cluster(**threads)
    monkeypatch.setattr(cluster, "tasks", one_by_one)
    told = list(cluster._counted(cluster._Dask(dask, "tcp://a:1", dask), None, range(3, 12), 1, {}))
    assert told == list(range(4, 13))
    assert dask.meant == meant
    assert found == sent
    assert dask.left == []


def test_a_worker_that_joins_begins_and_one_that_left_is_not_waited_for(monkeypatch):
    found = []
    monkeypatch.setattr(cluster, "added", lambda _, counts: found.append(counts))
    dask = Cluster(a=1, b=1)
    monkeypatch.setattr(cluster, "tasks", one_by_one)
    counting = cluster._counted(cluster._Dask(dask, "tcp://a:1", dask), None, range(7), 1, {})
    assert next(counting) == 1  # b's, which goes on
    dask.threads = {"a": 1, "c": 1, "d": 2}  # c goes on from b's second, d begins twice
    assert list(counting) == list(range(2, 8))
    assert dask.meant == ["a", "b", "b", "c", "d", "d", "d"]
    assert sorted(found) == [[0], [1, 2, 3], [4], [5, 6]]


def test_a_task_that_fails_is_not_gone_on_from(monkeypatch):
    class Failed(Future):
        status = "error"

        def result(self):
            raise ClusterError("a worker that joined later")

    monkeypatch.setattr(sys.modules[__name__], "Future", Failed)
    monkeypatch.setattr(cluster, "tasks", one_by_one)
    dask = Cluster(a=1)
    with pytest.raises(ClusterError, match="joined later"):
        next(cluster._counted(cluster._Dask(dask, "tcp://a:1", dask), None, range(2), 1, {}))
    assert len(dask.left) == 1


def test_a_killed_worker_changes_nothing(invented_model, scheduler, here, monkeypatch):
    monkeypatch.setattr(cluster, "TASK_BLOCKS", 2)
    killed = []

    def kills(*_):
        if not killed:
            killed.append(next(iter(scheduler.workers.values())).pid)
            os.kill(killed[0], signal.SIGTERM if sys.platform == "win32" else signal.SIGKILL)

    with at(scheduler.scheduler_address, insecure=False) as crew:
        assert simulated(invented_model, Ways(crew=crew), kills).digest() == here
    assert killed


def test_a_search_for_precision_ends_where_it_does_here(invented_model, scheduler):
    with at(scheduler.scheduler_address, insecure=False) as crew:
        there = simulated(invented_model, Ways(precision=1.0, crew=crew), paths=2**24)
    assert there.digest() == simulated(invented_model, Ways(precision=1.0), paths=2**24).digest()


def test_workers_of_another_version_are_refused(scheduler, monkeypatch):
    mine = {**versions(), "numpy": "9.9.9"}
    monkeypatch.setattr(cluster, "versions", lambda: mine)
    theirs = versions()
    monkeypatch.setattr(cluster, "_asked", lambda client: dict.fromkeys(client.nthreads(), theirs))
    with pytest.raises(ClusterError, match=r"must run the same versions.*\n.*numpy .* \(here 9\.9\.9\)"):
        join(scheduler.scheduler_address)


def test_nobody_at_an_address_is_told(monkeypatch):
    monkeypatch.setattr(cluster, "PATIENCE", 0.5)
    with pytest.raises(ClusterError, match="no Dask scheduler can be reached there"):
        join("tcp://127.0.0.1:9")


def test_tls_without_a_certificate_is_told_before_anything_is_tried(tmp_path):
    """Dask's own client had hung for two minutes after the message, and ended with a trace."""
    tls = "distributed.comm.tls."
    asked = "Set DASK_DISTRIBUTED__COMM__TLS__CA_FILE, .*CLIENT__CERT, .*CLIENT__KEY"
    with pytest.raises(ClusterError, match=f"^tls://h:1: no certificate is set for tls. {asked}"):
        join("h:1")
    gone = {f"{tls}{name}": str(tmp_path / "gone.pem") for name in ("ca-file", "client.cert", "client.key")}
    with (
        import_module("dask").config.set(gone),
        pytest.raises(ClusterError, match=r"cannot be read \(No such file"),
    ):
        join("h:1")


@pytest.mark.parametrize(
    ("address", "place"),
    [
        ("hpc.example:8786", "tls://hpc.example:8786"),
        ("tls://10.0.0.5:8786", "tls://10.0.0.5:8786"),
        ("tcp://127.0.0.1:8786", "tcp://127.0.0.1:8786"),
        ("tcp://localhost:8786", "tcp://localhost:8786"),
        ("tcp://[::1]:8786", "tcp://[::1]:8786"),
    ],
)
def test_addresses_that_are_safe(address, place):
    assert safe_address(address, insecure=False) == place


@pytest.mark.parametrize("address", ["tcp://10.0.0.5:8786", "tcp://hpc.example:8786", "tcp://0.0.0.0:8786"])
def test_an_open_scheduler_elsewhere_is_refused_with_the_reason(address):
    with pytest.raises(ClusterError, match=r"unpickles what it is sent.*--insecure"):
        safe_address(address, insecure=False)
    assert safe_address(address, insecure=True) == address


@pytest.mark.parametrize("address", ["", "host", "tls://host", "ws://127.0.0.1:8786", "tls://host:many"])
def test_what_is_no_address_is_refused(address):
    with pytest.raises(ClusterError, match="not an address of a Dask scheduler"):
        safe_address(address, insecure=True)


def test_what_differs_is_named_with_the_worker():
    mine = dict(versions())
    other = {**mine, "numpy": "1.0", "code": "00000000"}
    with pytest.raises(ClusterError) as refused:
        refuse_others("tls://h:1", {"tls://h:2": mine, "tls://h:3": other, "tls://h:4": OSError("no disk")})
    assert str(refused.value).splitlines() == [
        "tls://h:1: workers must run the same versions as this machine.",
        f"tls://h:3: numpy 1.0 (here {mine['numpy']}), code 00000000 (here {mine['code']})",
        "tls://h:4: forecaster cannot be loaded there: no disk",
    ]
    refuse_others("tls://h:1", {"tls://h:2": mine})


def test_without_the_extra_it_is_said_how_to_install_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(ClusterError, match=r"pip install edip-forecaster\[cluster\]"):
        join("tls://host:8786")


@pytest.mark.parametrize(
    ("blocks", "threads", "expected"),
    [
        (range(1024), 2, [64] * 13 + [48, 36, 28, 20, 16, 12, 8, 6, 6, 6, 6]),
        (range(16, 80), 2, [16, 12, 10, 8, 6, 6, 6]),
        (range(16), 2, [6, 6, 4]),
        (range(16, 33), 4, [6, 6, 5]),
        (range(3), 8, [2, 1]),
    ],
)
def test_tasks_are_whole_passes_and_smaller_towards_the_end(blocks, threads, expected):
    found = tasks(blocks, threads, 2)
    assert [len(part) for part in found] == expected
    assert [block for part in found for block in part] == list(blocks)


def test_a_worker_that_joined_later_checks_for_itself():
    """Before anything is made of the rest, which may be of another version."""
    work = pickle.dumps((b"no pickle", b"no pickle", {**versions(), "numpy": "9.9.9"}))
    with pytest.raises(ClusterError, match=r"a worker that joined later runs .*, not .*9\.9\.9"):
        cluster._task(work, range(2), None)


def test_a_worker_reads_a_job_once():
    job = pickle.dumps({"a": "job"})
    assert cluster._job(job) is cluster._job(bytes(bytearray(job)))


class Scheduler(Cluster):
    """One that may lose its workers."""

    CancelledError = KilledWorker = ZeroDivisionError

    def wait_for_workers(self, number, timeout):
        assert (number, timeout) == (1, cluster.PATIENCE)
        if not self.threads:
            raise TimeoutError

    def submit(self, work, *_, workers=None, pure):
        assert not pure
        self.meant.append((work, workers))
        return self

    def release(self):
        self.meant.append("released")

    def close(self):
        self.closed = True


@pytest.fixture
def connected(monkeypatch):
    """A scheduler of two workers, one with two threads."""
    dask = Scheduler(a=1, b=2)

    @contextmanager
    def there(_, address):
        yield cluster._Dask(dask, address, dask)

    monkeypatch.setattr(cluster, "_library", lambda: dask)
    monkeypatch.setattr(cluster, "_connected", there)
    monkeypatch.setattr(cluster, "_asked", lambda client: dict.fromkeys(client.nthreads(), versions()))
    return dask


def test_workers_load_before_there_is_a_job(connected):
    with at("tcp://localhost:1", insecure=False):
        assert connected.meant == [(load_loops, "a"), (load_loops, "b"), (load_loops, "b")]
    assert connected.meant[3:] == ["released"] * 3


def test_workers_lost_before_there_is_a_job_are_told(connected, invented_model):
    with at("tcp://localhost:1", insecure=False) as crew:
        connected.threads = {}
        with (
            pytest.raises(ClusterError, match="the scheduler has no worker"),
            crew(a_job(invented_model), {}),
        ):
            pytest.fail("nobody counts")


def test_a_scheduler_lost_before_there_is_a_job_is_told(connected, invented_model, monkeypatch):
    def lost():
        raise OSError("gone")

    with at("tcp://localhost:1", insecure=False) as crew:
        monkeypatch.setattr(connected, "nthreads", lost)
        with pytest.raises(ClusterError, match="gave up: gone"), crew(a_job(invented_model), {}):
            pytest.fail("nobody counts")


def test_the_client_is_closed_with_the_job(connected, invented_model):
    with at("tcp://localhost:1", insecure=False) as crew:
        with crew(a_job(invented_model), {}) as hands:
            assert hands.stride == 4 * 64 * 3
        assert connected.closed


def a_job(model):
    return Job(model, [], 7, 2)
