"""The place where the shell reaches Streamlit."""

import os
import socket

from .failure import Failure

# Waiting connections; what Streamlit's own server uses.
BACKLOG = 2048

LOOPBACK = "127.0.0.1"


def bind(spec):
    """A listening socket as `spec` wants it."""
    where = spec.socket or f"{LOOPBACK}:{spec.tcp_port}"
    try:
        if spec.socket is not None:
            return _listening(socket.AF_UNIX, spec.socket)
        return _listening(socket.AF_INET, (LOOPBACK, spec.tcp_port))
    except OSError as error:
        raise Failure(f"could not listen on `{where}`", error.strerror) from error


def _listening(family, address):
    listener = socket.socket(family)
    try:
        if os.name == "nt":
            # On Windows another program could otherwise take over the port.
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
        elif family == socket.AF_INET:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        if family == getattr(socket, "AF_UNIX", None):
            os.chmod(address, 0o600)
        listener.listen(BACKLOG)
        listener.setblocking(False)
    except BaseException:
        listener.close()
        raise
    return listener
