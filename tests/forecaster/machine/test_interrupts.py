"""Ctrl-C while helper processes start and while machine code runs."""

import ctypes
import os
import signal
import sys
import threading
from types import SimpleNamespace

import pytest

from forecaster.engine import crew
from forecaster.machine import errands
from forecaster.machine.interrupts import heard_after, undisturbed


def interrupted(happened):
    with undisturbed():
        os.kill(os.getpid(), signal.SIGINT)
        happened.append("went on")


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_ctrl_c_is_heard_at_the_end():
    happened, handler = [], signal.getsignal(signal.SIGINT)
    with pytest.raises(KeyboardInterrupt):
        interrupted(happened)
    assert happened == ["went on"]
    assert signal.getsignal(signal.SIGINT) is handler
    assert signal.SIGINT not in signal.pthread_sigmask(signal.SIG_BLOCK, set())


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_what_starts_within_is_deaf_to_it():
    with undisturbed():
        assert signal.SIGINT in signal.pthread_sigmask(signal.SIG_BLOCK, set())


def test_on_windows_the_console_is_told_to_spare_what_starts_within(monkeypatch):
    """The console's own switch, which processes inherit; it is as before afterwards."""
    told = []
    kernel = SimpleNamespace(SetConsoleCtrlHandler=lambda handler, ignored: told.append((handler, ignored)))
    monkeypatch.setattr(ctypes, "windll", SimpleNamespace(kernel32=kernel), raising=False)
    monkeypatch.setattr(sys, "platform", "win32")
    with undisturbed():
        assert told == [(None, True)]
    assert told == [(None, True), (None, False)]


def test_another_thread_may_start_processes_too():
    failed = []

    def start():
        try:
            with undisturbed():
                pass
        except ValueError as error:
            failed.append(error)

    thread = threading.Thread(target=start)
    thread.start()
    thread.join()
    assert failed == []


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_ctrl_c_within_is_heard_once_at_the_outermost_end():
    happened = []
    with pytest.raises(KeyboardInterrupt):
        nested(happened)
    assert happened == ["inner", "outer"]


def nested(happened):
    with heard_after():
        with heard_after():
            os.kill(os.getpid(), signal.SIGINT)
            happened.append("inner")
        happened.append("outer")


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_a_pass_and_an_errand_are_finished_first(monkeypatch):
    happened = []

    def interrupted_while_busy(*_):
        os.kill(os.getpid(), signal.SIGINT)
        happened.append("finished")

    for name in ("draws", "count"):
        monkeypatch.setattr(crew, name, interrupted_while_busy)
    job = crew.Job(None, (), 0, 1)
    with pytest.raises(KeyboardInterrupt):
        list(crew.counted(job, {}, range(2)))
    assert happened == ["finished"] * 2  # draws and count of the first pass
    with pytest.raises(KeyboardInterrupt):
        errands.results([interrupted_while_busy, interrupted_while_busy], None)
    assert happened == ["finished"] * 3
