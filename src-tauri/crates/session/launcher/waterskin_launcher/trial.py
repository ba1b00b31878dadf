"""Writes down what goes wrong in the app's pages, for a trial start.

Each exception that no page catches is a line of JSON:

    {"kind": "missing", "module": "qrcode", "path": null, "message": "ModuleNotFoundError: ...",
     "traceback": "..."}

`kind` is `missing` (a module, named by `module`), `refused` (the file `path` may not be
written), `secrets` (the page asks for some that it was not given), `network` (something
outside can't be reached), `program` (this machine lacks one that the page calls) or
`exception`.
"""

import errno
import json
import os
import threading
import traceback

_REFUSED = {errno.EACCES, errno.EPERM, errno.EROFS}
_UNREACHABLE = {errno.ENETUNREACH, errno.EHOSTUNREACH, errno.ECONNREFUSED, errno.ENETDOWN}

# Packages whose errors of this kind say that nobody answered, whatever they derive from.
_NETWORK_PACKAGES = {
    "aiohttp",
    "anthropic",
    "botocore",
    "google",
    "grpc",
    "httpcore",
    "httpx",
    "openai",
    "pymongo",
    "redis",
    "requests",
    "urllib3",
}
_NETWORK_WORDS = ("connect", "timeout", "unavailable", "resolution", "transport", "proxy")


def record(path):
    """Writes them to `path`."""
    from . import uncaught

    lock = threading.Lock()

    def write(error):
        line = json.dumps(describe(error)) + "\n"
        with lock, open(path, "a", encoding="utf-8") as file:
            file.write(line)

    uncaught.watch(write)


def describe(error):
    """The line for one exception."""
    chain = list(_chain(error))
    kind, subject = _kind(chain)
    return {
        "kind": kind,
        "module": subject if kind == "missing" else None,
        "path": subject if kind == "refused" else None,
        "message": "".join(traceback.format_exception_only(type(error), error)).strip(),
        "traceback": _traceback(error),
    }


def _chain(error):
    """The exception and what led to it, without end where they lead to each other."""
    seen = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


def _kind(chain):
    # What led to it says more than what became of it: `OperationalError` of a module that
    # `ModuleNotFoundError` led to is a missing module.
    for error in chain:
        if _is_secrets(error):
            return "secrets", None
    for error in chain:
        if _is_network(error):
            return "network", None
    if any(_is_program(error) for error in chain):
        return "program", None
    for error in chain:
        if isinstance(error, ModuleNotFoundError) and error.name:
            return "missing", error.name
        if isinstance(error, OSError) and error.errno in _REFUSED:
            path = error.filename
            named = isinstance(path, (str, bytes))
            return "refused", os.path.abspath(os.fsdecode(path)) if named else None
    if any(_is_readonly_database(error) for error in chain):
        return "refused", None
    return "exception", None


def _is_secrets(error):
    if type(error).__name__ in ("StreamlitSecretNotFoundError", "StreamlitAuthError"):
        return True
    if not isinstance(error, (KeyError, AttributeError)):
        return False
    # Of `st.secrets` and `os.environ`, whatever the page does with them.
    frames = traceback.extract_tb(error.__traceback__)
    last = frames[-1].filename.replace(os.sep, "/") if frames else ""
    # `st.user` has what a login needs that is among the secrets.
    of_secrets = ("/streamlit/runtime/secrets.py", "/streamlit/user_info.py")
    return last.endswith(of_secrets) or (
        isinstance(error, KeyError) and last in (os.__file__.replace(os.sep, "/"), "<frozen os>")
    )


def _is_network(error):
    import socket

    if isinstance(error, (ConnectionError, socket.gaierror, TimeoutError)):
        return True
    if isinstance(error, OSError):
        if error.errno in _UNREACHABLE:
            return True
        # A trial may not connect.
        refused = error.errno in _REFUSED and error.filename is None
        if refused and _was_connecting(error):
            return True
    package = type(error).__module__.split(".")[0]
    name = type(error).__name__.lower()
    return package in _NETWORK_PACKAGES and any(word in name for word in _NETWORK_WORDS)


def _is_program(error):
    frames = traceback.extract_tb(error.__traceback__)
    called = bool(frames) and frames[-1].name == "_execute_child"
    return called and isinstance(error, FileNotFoundError)


def _was_connecting(error):
    """Libraries that are no Python say neither file nor address."""
    for frame in traceback.extract_tb(error.__traceback__):
        if "connect" in frame.name or "connect" in (frame.line or ""):
            return True
    return False


def _is_database(error):
    return type(error).__module__.split(".")[0] in ("sqlite3", "duckdb")


def _is_readonly_database(error):
    text = str(error)
    return _is_database(error) and ("readonly database" in text or "open database" in text)


def _traceback(error):
    """The traceback as the author would see it: from the app's own first line on."""
    described = traceback.TracebackException.from_exception(error)
    import streamlit

    ours = (os.path.dirname(os.path.dirname(os.path.abspath(__file__))),)
    ours += (os.path.dirname(os.path.abspath(streamlit.__file__)),)
    links, link = [], described
    while link is not None and len(links) < 20:
        links.append(link)
        link = link.__cause__ or link.__context__
    for link in links:
        frames = list(link.stack)
        first = next(
            (at for at, frame in enumerate(frames) if not frame.filename.startswith(ours)), 0
        )
        link.stack[:] = frames[first:]
    return "".join(described.format()).rstrip()
