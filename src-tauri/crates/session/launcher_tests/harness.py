"""Runs the launcher in a terminal of its own, as the shell does."""

import json
import os
import pathlib
import pty
import select
import shutil
import signal
import socket
import sys
import tempfile
import threading
import time
import unittest
from importlib.metadata import version as version_of

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync import client

LAUNCHER = pathlib.Path(__file__).resolve().parent.parent / "launcher"
STREAMLIT = tuple(int(part) for part in version_of("streamlit").split(".")[:2])
URL_PORT = 8501

# How long a fact may take on a busy machine. Limits that are promised are in the tests.
PATIENCE = 60


def wait_for(fact, limit=PATIENCE, what="the fact"):
    """Returns the first true value of `fact()`; fails after `limit` seconds."""
    pause = threading.Event()
    end = time.monotonic() + limit
    while True:
        value = fact()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError(f"{what} did not come true within {limit} s")
        pause.wait(0.005)


def session_members(session):
    """The live processes of a session."""
    members = []
    for entry in pathlib.Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                stat = (entry / "stat").read_bytes()
            except OSError:
                continue
            fields = stat[stat.rfind(b")") + 1 :].split()
            if int(fields[3]) == session and fields[0] not in (b"Z", b"X"):
                members.append(int(entry.name))
    return members


class LauncherTest(unittest.TestCase):
    """A folder with unpleasant letters in its name, and processes that end with the test."""

    def setUp(self):
        # A socket's path is short, and the default temporary folder may not be.
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="wé 'q\" ", dir="/tmp"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.app = self.folder / "the app"
        self.app.mkdir()
        (self.folder / "home").mkdir()
        self.script = self.app / "äpp.py"
        self.socket = self.folder / "waterskin" / "app.sock"

    def write(self, text, name=None):
        path = self.app / name if name else self.script
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    def launch(self, text=None, environment=None, **fields):
        """Starts the launcher with the script `text`; `fields` replace those of the launch."""
        if text is not None:
            self.write(text)
        spec = {
            "script": str(self.script),
            "root": str(self.app),
            "arguments": [],
            "site_packages": [],
            "listen": {"unix": str(self.socket)},
            "url": f"http://localhost:{URL_PORT}",
            "reload": False,
            "preload": [],
            "secret": None,
        }
        spec.update(fields)
        # Nothing else: no PATH, no locale, no home of the person who runs the tests.
        variables = {"HOME": str(self.folder / "home")}
        variables["WATERSKIN_LAUNCH"] = json.dumps(spec)
        variables.update(environment or {})
        launched = Launched(self.app, variables, self.socket)
        self.addCleanup(launched.clean_up)
        return launched


class Launched:
    """One run of the launcher, leader of its session, on a terminal that is drained."""

    def __init__(self, directory, variables, socket_path):
        self.socket = socket_path
        self.pid, self.terminal = pty.fork()
        if self.pid == 0:
            try:
                os.chdir(directory)
                arguments = [sys.executable, "-I", str(LAUNCHER)]
                os.execve(sys.executable, arguments, variables)
            finally:
                os._exit(127)
        self._status = None
        self._output = bytearray()
        self._wake_reading, self._wake_writing = os.pipe()
        self._drain = threading.Thread(target=self._read, daemon=True)
        self._drain.start()

    def _read(self):
        while True:
            ready, _, _ = select.select([self.terminal, self._wake_reading], [], [])
            if self._wake_reading in ready:
                return
            try:
                data = os.read(self.terminal, 65536)
            except OSError:
                return  # every holder of the other end is gone
            if not data:
                return
            self._output += data

    @property
    def output(self):
        return self._output.decode("utf-8", "replace")

    def hang_up(self):
        """What the death of the shell does: the last holder of the terminal is gone."""
        if self.terminal is not None:
            os.write(self._wake_writing, b"x")
            self._drain.join()
            os.close(self.terminal)
            self.terminal = None

    def signal(self, number):
        os.kill(self.pid, number)

    def exit_code(self, limit=PATIENCE):
        """Waits for the end: the exit code, or minus the signal's number."""

        def reaped():
            if self._status is None:
                pid, status = os.waitpid(self.pid, os.WNOHANG)
                if pid:
                    self._status = status
            return self._status is not None

        wait_for(reaped, limit, "the end of the launcher")
        code = os.waitstatus_to_exitcode(self._status)
        # The last words are read before the answer counts.
        self._drain.join(PATIENCE)
        return code

    def members(self):
        return session_members(self.pid)

    def is_gone(self):
        return not self.members() and not self.socket.parent.exists()

    def clean_up(self):
        self.hang_up()
        for pid in self.members():
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        if self._status is None:
            _, self._status = os.waitpid(self.pid, 0)
        os.close(self._wake_reading)
        os.close(self._wake_writing)

    def get(self, path, headers=(), connect=None):
        """Status and body of one request, written by hand."""
        with connect() if connect else self._connect() as connection:
            lines = [f"GET {path} HTTP/1.1", f"Host: localhost:{URL_PORT}"]
            lines += ["Connection: close", *headers, "", ""]
            connection.sendall("\r\n".join(lines).encode())
            answer = b""
            while True:
                data = connection.recv(65536)
                if not data:
                    break
                answer += data
        head, _, body = answer.partition(b"\r\n\r\n")
        return int(head.split()[1]), body.decode()

    def _connect(self):
        connection = socket.socket(socket.AF_UNIX)
        connection.settimeout(PATIENCE)
        try:
            connection.connect(str(self.socket))
        except OSError:
            connection.close()
            raise
        return connection

    def wait_until_ready(self, headers=(), connect=None):
        def healthy():
            code = self._ended_early()
            if code is not None:
                raise AssertionError(f"the launcher ended ({code}):\n{self.output}")
            try:
                return self.get("/_stcore/health", headers, connect) == (200, "ok")
            except (ConnectionError, FileNotFoundError, IndexError):
                return False

        wait_for(healthy, what="health")
        return self

    def _ended_early(self):
        pid, status = os.waitpid(self.pid, os.WNOHANG)
        if pid:
            self._status = status
            return os.waitstatus_to_exitcode(status)
        return None

    def page(self):
        """A page's WebSocket, not yet running the script."""
        return Page(
            client.unix_connect(
                str(self.socket),
                f"ws://localhost:{URL_PORT}/_stcore/stream",
                origin=f"http://localhost:{URL_PORT}",
                subprotocols=["streamlit", "PLACEHOLDER_AUTH_TOKEN"],
                max_size=None,
                open_timeout=PATIENCE,
            )
        )


class Page:
    """What the browser's part of Streamlit does, as far as the tests need it."""

    def __init__(self, connecting):
        self._connecting = connecting
        self.connection = None

    def __enter__(self):
        self.connection = self._connecting.__enter__()
        return self

    def __exit__(self, *details):
        return self._connecting.__exit__(*details)

    def run_script(self):
        message = BackMsg()
        message.rerun_script.query_string = ""
        self.connection.send(message.SerializeToString())

    def next(self):
        message = ForwardMsg()
        message.ParseFromString(self.connection.recv(timeout=PATIENCE))
        return message

    def until_finished(self):
        """All messages of a run, up to the end of the script."""
        messages = []
        while not messages or messages[-1].WhichOneof("type") != "script_finished":
            messages.append(self.next())
        return messages

    def texts(self):
        """Runs the script and returns what it wrote with `st.markdown` or `st.text`."""
        self.run_script()
        return texts_of(self.until_finished())


def texts_of(messages):
    """The bodies of the text elements among `messages`."""
    texts = []
    for message in messages:
        if message.WhichOneof("type") == "delta":
            element = message.delta.new_element
            kind = element.WhichOneof("type")
            if kind in ("markdown", "text", "heading", "exception"):
                value = getattr(element, kind)
                texts.append(value.message if kind == "exception" else value.body)
    return texts
