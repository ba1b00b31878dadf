"""How the process ends: asked to, soon, and with exit code 0."""

import os
import signal
import sys
import threading

# After the request the process is gone within this many seconds, whatever the app does.
LIMIT = 1.5

# How long threads of the app that would hold up the exit are waited for, in seconds.
_THREADS_LIMIT = 0.2


class Stop:
    """The request to end, from a signal or from the end of the shell's input."""

    def __init__(self):
        self._begin = None
        self._requested = False

    def listen(self):
        """Takes over the signals that mean "stop". SIGHUP stays as it is: death."""
        names = ["SIGTERM", "SIGINT", "SIGBREAK" if os.name == "nt" else "SIGQUIT"]
        for name in names:
            signal.signal(getattr(signal, name), lambda *_: self.request())
        if hasattr(signal, "SIGHUP"):
            signal.signal(signal.SIGHUP, signal.SIG_DFL)

    def when_requested(self, begin):
        """Sets what begins an orderly end; it may be called on any thread."""
        self._begin = begin

    def request(self):
        """Begins the end. A second request ends the process at once."""
        if self._requested or self._begin is None:
            os._exit(0)
        self._requested = True
        _exit_after(LIMIT)
        self._begin()


def leave():
    """Ends the process after the server has ended.

    A script that is stuck must not hold up the exit: up to 1.5x its thread was not a
    daemon thread, and the interpreter joins such threads without limit.
    """
    _exit_after(LIMIT)
    for thread in threading.enumerate():
        if thread is not threading.current_thread() and not thread.daemon:
            thread.join(_THREADS_LIMIT)
            if thread.is_alive():
                _exit_now()
    sys.exit(0)


def _exit_now():
    import atexit

    # What the app registered still runs; only the joining of threads is left out.
    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (AttributeError, OSError, ValueError):
            pass  # closed, or the terminal is gone
    os._exit(0)


def _exit_after(seconds):
    timer = threading.Timer(seconds, os._exit, [0])
    timer.daemon = True
    timer.start()
