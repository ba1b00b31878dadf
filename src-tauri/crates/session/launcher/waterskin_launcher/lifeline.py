"""What ends this process when the shell is gone, on each system."""

import os
import threading

from . import socket_folder, watchdog
from .failure import Failure


def attach(spec, stop):
    """Ties this process to the shell, and makes the folder of the socket.

    From the first moment of the folder there must be somebody to remove it.
    """
    if os.name == "nt":
        # A job object ends the tree when the shell dies; this covers a shell that
        # closes the input to ask for the end.
        thread = threading.Thread(target=_follow_input, args=[stop], daemon=True)
        thread.start()
        return
    if spec.socket is not None:
        socket_folder.refuse_existing(spec.socket)
    watching = watchdog.start(spec.socket)
    if spec.socket is not None:
        try:
            socket_folder.make(spec.socket)
        except Failure:
            watching.disown_folder()
            raise


def _follow_input(stop):
    try:
        while os.read(0, 4096):
            pass
    except OSError:
        pass
    stop.request()
