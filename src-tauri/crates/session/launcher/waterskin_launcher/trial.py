"""Writes down what goes wrong in the app's pages, for a trial start.

Each exception that no page catches is a line of JSON:

    {"kind": "missing", "module": "qrcode", "path": null, "distribution": null, "version": null,
     "message": "ModuleNotFoundError: ...", "traceback": "..."}

`kind` is

- `missing`: there is no module `module`
- `gone`: `distribution` `version` brings the module, but not what `module` names in it
- `refused`: the file `path` may not be written
- `absent`: there is no file `path`
- `outside`: the file `path`, which is neither the app's nor the system's, was read; no exception
- `secrets`: the page asks for some that it was not given
- `variable`: the environment has no variable `module`
- `network`: something outside can't be reached
- `offline`: something failed after the page had tried to reach something outside
- `program`: this machine lacks one that the page calls
- `exit`: the page ends its thread by `sys.exit`, as if all were well
- `status`: it does so, and says that something failed
- `exception`: anything else
"""

import errno
import json
import os
import sys
import threading
import time
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


# Folders whose files come with a system or its packages. Not all of `/usr`: images of containers
# have projects in `/usr/src`.
_SYSTEM = [
    *("/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32", "/etc", "/proc", "/sys", "/dev", "/run"),
    *("/usr/bin", "/usr/sbin", "/usr/lib", "/usr/lib32", "/usr/lib64", "/usr/libexec", "/usr/libx32"),
    *("/usr/share", "/usr/local", "/usr/include", "/var/lib", "/var/cache", "/snap", "/nix", "/gnu"),
    *("/System", "/Library", "/private/etc", "/private/var/db"),
    *map(os.environ.get, ("SystemRoot", "ProgramFiles", "ProgramFiles(x86)", "ProgramData")),
]


def record(path, root, site_packages):
    """Writes them to `path`, of the app in the folder `root`."""
    from . import uncaught

    lock = threading.Lock()

    def write(line):
        with lock, open(path, "a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")

    # Neither the trial's own files nor the payload's are the author's.
    apart = [os.path.dirname(path), os.path.dirname(os.path.dirname(os.__file__)), *sys.path]
    apart += [os.path.dirname(os.path.dirname(sys.executable)), root]
    apart += [os.path.dirname(os.path.dirname(__file__))]
    apart += [os.path.dirname(folder) for folder in site_packages]
    reach = Reach(apart, lambda found: write(_line("outside", path=found)))
    sys.addaudithook(reach.look)
    uncaught.watch(lambda error: write(describe(error, reach.has_tried())))
    _watch_exits(lambda error: write(describe(error)))


def describe(error, tried=False):
    """The line for one exception. `tried`: whether its page had tried to reach something outside."""
    kind, fields = _kind(list(_chain(error)))
    if tried and kind in ("exception", "absent", "status"):
        kind, fields = "offline", {}
    message = "".join(traceback.format_exception_only(type(error), error)).strip()
    if kind == "status":
        message += _usage(error)
    return _line(kind, message=message, traceback=_traceback(error), **fields)


def _line(kind, **fields):
    line = dict.fromkeys(("module", "path", "distribution", "version"))
    return {"kind": kind, "message": "", "traceback": "", **line, **fields}


def _usage(error):
    """What `argparse` says before it ends a program, as in " (a, b are required)"."""
    for frame, _ in traceback.walk_tb(error.__traceback__):
        code = frame.f_code
        if code.co_name == "error" and os.path.basename(code.co_filename) == "argparse.py":
            return f" ({frame.f_locals.get('message')})"
    return ""


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

    def __init__(self, apart, outside):
        self._system = _folders(_SYSTEM)
        self._apart = _folders(os.path.realpath(folder) for folder in apart if folder)
        self._outside = outside
        self._began = time.time()
        self._seen = set()
        # The run that tried last; each has an object of its own.
        self._tried = None

    def look(self, event, arguments):
        """An audit hook: what it raises would be the app's."""
        try:
            if event == "open":
                self._open(*arguments)
            elif event == "sqlite3.connect":
                self._open(arguments[0], None, os.O_RDONLY)
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
        if not isinstance(path, (str, bytes)) or flags & os.O_CREAT:
            return
        path = os.path.abspath(os.fsdecode(path))
        if path in self._seen:
            return
        self._seen.add(path)
        real = os.path.realpath(path)
        places = os.path.normcase(path), os.path.normcase(real)
        if any(it.startswith(self._system) for it in places) or places[1].startswith(self._apart):
            return
        # What the app has made meanwhile it makes anywhere.
        if os.path.isfile(real) and os.stat(real).st_ctime < self._began:
            self._outside(real)


def _folders(paths):
    """The beginnings of what is in some folders; that of the whole system is none."""
    starts = {os.path.join(os.path.normcase(path), "") for path in paths if path}
    return tuple(starts - {os.sep})


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
        if _is_variable(error):
            return "variable", {"module": error.args[0]}
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
            return ("exit" if error.code in (None, 0) else "status"), {}
    if any(_is_readonly_database(error) for error in chain):
        return "refused", {"path": None}
    return "exception", {}


def _is_secrets(error):
    if type(error).__name__ in ("StreamlitSecretNotFoundError", "StreamlitAuthError"):
        return True
    if not isinstance(error, (KeyError, AttributeError)):
        return False
    # Of `st.secrets`, whatever the page does with them.
    # `st.user` has what a login needs that is among the secrets.
    return _last_file(error).endswith(("/streamlit/runtime/secrets.py", "/streamlit/user_info.py"))


def _is_variable(error):
    """Whether `os.environ` lacks something."""
    is_key = isinstance(error, KeyError) and error.args and isinstance(error.args[0], str)
    return is_key and _last_file(error) in (os.__file__.replace(os.sep, "/"), "<frozen os>")


def _last_file(error):
    """The file of the code that raised it, with slashes."""
    frames = traceback.extract_tb(error.__traceback__)
    return frames[-1].filename.replace(os.sep, "/") if frames else ""


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
