"""Writes down what goes wrong in the app's pages, for a trial start.

Each exception that no page catches is a line of JSON:

    {"kind": "missing", "module": "qrcode", "path": null, "distribution": null, "version": null,
     "message": "ModuleNotFoundError: ...", "traceback": "..."}

`kind` is

- `missing`: there is no module `module`
- `gone`: `distribution` `version` brings the module, but not what `module` names in it
- `refused`: the file `path` may not be written
- `absent`: there is no file `path`
- `outside`: the file `path` of the author's home was read; no exception
- `secrets`: the page asks for some that it was not given
- `network`: something outside can't be reached
- `offline`: something failed after the page had tried to reach something outside
- `program`: this machine lacks one that the page calls
- `exit`: the page ends its thread by `sys.exit`
- `exception`: anything else
"""

import errno
import json
import os
import sys
import threading
import traceback

from . import brought

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

    def write(line):
        with lock, open(path, "a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")

    # Neither the trial's own files nor the payload's are the author's.
    apart = [os.path.dirname(path), os.path.dirname(os.path.dirname(os.__file__)), *sys.path]
    apart += [os.path.dirname(os.path.dirname(sys.executable))]
    reach = Reach(_home(), apart, lambda found: write(_line("outside", path=found)))
    sys.addaudithook(reach.look)
    uncaught.watch(lambda error: write(describe(error, reach.has_tried())))
    _watch_exits(lambda error: write(describe(error)))


def describe(error, tried=False):
    """The line for one exception. `tried`: whether its page had tried to reach something outside."""
    kind, fields = _kind(list(_chain(error)))
    if tried and kind in ("exception", "absent"):
        kind, fields = "offline", {}
    message = "".join(traceback.format_exception_only(type(error), error)).strip()
    return _line(kind, message=message, traceback=_traceback(error), **fields)


def _line(kind, **fields):
    line = dict.fromkeys(("module", "path", "distribution", "version"))
    return {"kind": kind, "message": "", "traceback": "", **line, **fields}


def _home():
    """The author's home, whatever the environment says of it."""
    try:
        import pwd
    except ImportError:
        return None
    try:
        return pwd.getpwuid(os.getuid()).pw_dir
    except KeyError:
        return None


def _watch_exits(look):
    """Calls `look` with what ends a page's thread without a word: `sys.exit`, `argparse`."""
    before = threading.excepthook

    def look_and_handle(arguments):
        name = getattr(arguments.thread, "name", "")
        if isinstance(arguments.exc_value, SystemExit) and "ScriptRunner" in name:
            try:
                look(arguments.exc_value)
            except Exception:
                pass
        before(arguments)

    threading.excepthook = look_and_handle


class Reach:
    """What the app's code reaches for, by Python's audit events."""

    _CONNECTING = {"socket.connect", "socket.getaddrinfo", "socket.gethostbyname"}

    def __init__(self, home, apart, outside):
        self._home = os.path.join(os.path.realpath(home), "") if home else None
        if self._home == os.sep:
            self._home = None
        self._apart = tuple({os.path.join(os.path.realpath(it), "") for it in apart if it})
        self._outside = outside
        self._seen = set()
        # The run that tried last; each has an object of its own.
        self._tried = None

    def look(self, event, arguments):
        """An audit hook: what it raises would be the app's."""
        try:
            if event == "open":
                self._open(*arguments)
            elif event in self._CONNECTING:
                # A socket in the file system has a path.
                if event != "socket.connect" or isinstance(arguments[1], tuple):
                    self._tried = _run()
        except Exception:
            pass

    def has_tried(self):
        """Whether the page that runs here has tried to reach another computer, or a port of this."""
        run = _run()
        return run is not None and run is self._tried

    def _open(self, path, mode, flags):
        if self._home is None or not isinstance(path, (str, bytes)) or flags & os.O_CREAT:
            return
        path = os.path.realpath(os.fsdecode(path))
        if path in self._seen or not path.startswith(self._home) or path.startswith(self._apart):
            return
        self._seen.add(path)
        if os.path.isfile(path):
            self._outside(path)


def _run():
    """What tells the run of a page in this thread from others; None where there is none."""
    from streamlit.runtime.scriptrunner import get_script_run_ctx

    return get_script_run_ctx(suppress_warning=True)


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
    for kind, is_it in (("secrets", _is_secrets), ("network", _is_network), ("program", _is_program)):
        if any(is_it(error) for error in chain):
            return kind, {}
    for error in chain:
        gone = brought.gone(error)
        if gone is not None:
            return "gone", gone
        if isinstance(error, ModuleNotFoundError) and error.name:
            return "missing", {"module": error.name}
        if isinstance(error, OSError) and error.errno in _REFUSED:
            path = error.filename
            named = isinstance(path, (str, bytes))
            return "refused", {"path": os.path.abspath(os.fsdecode(path)) if named else None}
        if isinstance(error, FileNotFoundError) and isinstance(error.filename, (str, bytes)):
            return "absent", {"path": os.fsdecode(error.filename)}
        if isinstance(error, SystemExit):
            return "exit", {}
    if any(_is_readonly_database(error) for error in chain):
        return "refused", {"path": None}
    return "exception", {}


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
