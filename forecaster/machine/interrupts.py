"""When Ctrl-C is heard: not within machine code, not while helper processes start."""

import ctypes
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import resource_tracker


@contextmanager
def heard_after() -> Iterator[None]:
    """Ctrl-C within is heard at the end.

    Loops in machine code that an exception meets on their way in or out end in an error of their own, or end
    the process.
    """
    heard: list[int] = []
    main = threading.current_thread() is threading.main_thread()
    handler = signal.signal(signal.SIGINT, lambda number, _: heard.append(number)) if main else None
    try:
        yield
    finally:
        if main:
            signal.signal(signal.SIGINT, handler)
        if heard:
            signal.raise_signal(signal.SIGINT)


@contextmanager
def undisturbed() -> Iterator[None]:
    """Processes started within never hear Ctrl-C, not even while they load; this one hears it at the end.

    A start that is interrupted half-way would leave a process that nobody knows of.
    """
    with heard_after(), _blocked():
        yield


@contextmanager
def _blocked() -> Iterator[None]:
    """Processes started within inherit that Ctrl-C is blocked; on Windows this one misses it meanwhile."""
    if sys.platform == "win32":
        listen = ctypes.windll.kernel32.SetConsoleCtrlHandler
        listen(None, True)  # no handler and true: Ctrl-C is ignored, here and in what is started
        try:
            yield
        finally:
            listen(None, False)
        return
    resource_tracker.ensure_running()  # unblocks the signal when it starts
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
