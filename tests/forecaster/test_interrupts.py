"""Ctrl-C while helper processes start."""

import os
import signal
import sys
import threading

import pytest

from forecaster.interrupts import undisturbed


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
