"""What to launch: the JSON object in the variable `WATERSKIN_LAUNCH`.

    {"script": "/abs/app.py", "root": "/abs", "arguments": [],
     "site_packages": ["/abs/site-packages"],
     "listen": {"unix": "/run/user/1000/waterskin-ab12/app.sock"},
     "url": "http://localhost:8501", "reload": false, "preload": ["pandas"], "secret": null,
     "secrets": {"KEY": "value"}, "trial": null}

`listen` is `{"unix": path}` or `{"tcp": port}`; with `tcp` a `secret` is required.
"""

import json
import os
import sys

from .failure import Failure

VARIABLE = "WATERSKIN_LAUNCH"

# The size of `sun_path` without its closing zero byte: 108 on Linux, 104 on the BSDs.
SOCKET_PATH_LIMIT = 107 if sys.platform.startswith("linux") else 103


class Spec:
    """One launch, checked.

    `script`: absolute path of the app. `root`: the project's folder. `arguments`: its `sys.argv[1:]`.
    `site_packages`: directories to add as `site` does. `socket` or `tcp_port`: where
    to listen. `url_port`: the port of the address that people see. `reload`: follow
    changes of the sources. `preload`: modules to import in the background.
    `secret`: what each request over TCP must carry. `secrets`: what the app gets as
    `st.secrets`, by key. `trial`: a file for what goes wrong in the app's pages, where this is
    a trial start.
    """

    __slots__ = (
        "script",
        "root",
        "arguments",
        "site_packages",
        "socket",
        "tcp_port",
        "url_port",
        "reload",
        "preload",
        "secret",
        "secrets",
        "trial",
    )

    def __init__(self, launch):
        self.script = _field(launch, "script", str)
        self.root = _field(launch, "root", str)
        self.arguments = _strings(launch, "arguments")
        self.site_packages = _strings(launch, "site_packages")
        self.preload = _strings(launch, "preload")
        self.reload = _field(launch, "reload", bool, False)
        self.secret = _field(launch, "secret", str, None)
        self.secrets = _field(launch, "secrets", dict, {})
        self.trial = _field(launch, "trial", str, None)
        self.url_port = _port_of(_field(launch, "url", str))
        listen = _field(launch, "listen", dict)
        self.socket = _field(listen, "unix", str, None)
        self.tcp_port = _field(listen, "tcp", int, None)
        self._check()

    @property
    def is_packaged(self):
        """Whether it is an app as its recipients have it, not an author's project."""
        return bool(self.site_packages)

    def _check(self):
        if (self.socket is None) == (self.tcp_port is None):
            raise _malformed("`listen` must have either `unix` or `tcp`")
        if self.tcp_port is not None and not self.secret:
            raise _malformed("`listen.tcp` needs a `secret`")
        for path in (self.script, self.root, self.socket):
            if path is not None and not os.path.isabs(path):
                raise _malformed(f"`{path}` is not an absolute path")
        if self.socket is not None:
            length = len(os.fsencode(self.socket))
            if length > SOCKET_PATH_LIMIT:
                raise Failure(
                    f"could not listen on `{self.socket}`",
                    f"the path has {length} bytes, a Unix socket takes {SOCKET_PATH_LIMIT}",
                )
        if not os.path.isfile(self.script):
            raise Failure(f"could not start `{self.script}`", "there is no such file")


def take(environ):
    """Reads the launch and removes it, so that no child of the app inherits it."""
    text = environ.pop(VARIABLE, None)
    if text is None:
        raise Failure("could not read the launch", f"`{VARIABLE}` is not set")
    try:
        launch = json.loads(text)
    except ValueError as error:
        raise _malformed(error) from error
    if not isinstance(launch, dict):
        raise _malformed("it is not an object")
    return Spec(launch)


def _malformed(why):
    return Failure(f"could not read `{VARIABLE}`", why)


_REQUIRED = object()


def _field(source, name, kind, default=_REQUIRED):
    value = source.get(name)
    if value is None and default is not _REQUIRED:
        return default
    # `bool` is a subclass of `int` in Python, and `true` is no port.
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise _malformed(f"`{name}` must be of type `{kind.__name__}`")
    return value


def _strings(source, name):
    values = _field(source, name, list, [])
    if not all(isinstance(value, str) for value in values):
        raise _malformed(f"`{name}` must hold strings only")
    return values


def _port_of(url):
    _, separator, port = url.rstrip("/").rpartition(":")
    if not separator or not port.isdigit():
        raise _malformed(f"`{url}` names no port")
    return int(port)
