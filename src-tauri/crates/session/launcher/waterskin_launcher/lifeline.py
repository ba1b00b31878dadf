"""What ends this process when the shell is gone, on each system."""

import os
import threading

from . import watchdog


def attach(spec, stop):
    """Ties this process to the shell. Returns the `Watchdog` (POSIX) or None (Windows)."""
    if os.name == "nt":
        # A job object ends the tree when the shell dies; this covers a shell that
        # closes the input to ask for the end.
        thread = threading.Thread(target=_follow_input, args=[stop], daemon=True)
        thread.start()
        return None
    return watchdog.start(spec.socket)


def _follow_input(stop):
    try:
        while os.read(0, 4096):
            pass
    except OSError:
        pass
    stop.request()
