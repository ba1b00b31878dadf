"""What goes wrong in a page is written down, where this is a trial start."""

import json
import os
import pathlib
import shutil
import sys
import tempfile
import time
import unittest

from harness import LAUNCHER, STREAMLIT, LauncherTest, wait_for

# Each is the app's whole script, with the kind and the subject of what it meets.
MISSING = "def load():\n    import qrcode_not_there\nload()"
CHAINED = """
try:
    import qrcode_not_there
except ImportError as error:
    raise RuntimeError("the codes can't be drawn") from error
"""
REFUSED = "open('/proc/version', 'w')"
READ_ONLY = """
import sqlite3
sqlite3.connect("file:x.db?mode=ro", uri=True).execute("create table a (b)")
"""
NETWORK = """
import urllib.request
urllib.request.urlopen("http://127.0.0.1:1")
"""
NO_NAME = "import socket\nsocket.getaddrinfo('', None, proto=-1)\nraise socket.gaierror(-2, 'no')"
SECRETS = "import streamlit as st\nst.secrets['service']['key']"
VARIABLE = "import os\nos.environ['SERVICE_KEY_NOT_THERE']"
USER = "import streamlit as st\nst.user.is_logged_in"
NATIVE = "raise PermissionError(13, 'Permission denied')"
PROGRAM = "import subprocess\nsubprocess.run(['no-such-program-there'])"
OWN_KEY = "{}['no such key']"
OTHER = "1 / 0"
PART = "import streamlit.no_such_part"
NAME = "from streamlit import no_such_name"
LIBRARY = "from collections import Iterable"
ATTRIBUTE = "import streamlit as st\nst.no_such_function()"
OF_OBJECT = "import pandas as pd\npd.DataFrame().no_such_method()"
OWN = "class Own: ...\nOwn().no_such_method()"
ABSENT = "open('data/é.csv')"
OFFLINE = """
import socket
try:
    socket.create_connection(("127.0.0.1", 1))
except OSError:
    prices = None
prices["x"]
"""

STEPS = """
import streamlit as st, pathlib
step = st.session_state.step = st.session_state.get("step", -1) + 1
exec((pathlib.Path(__file__).parent / f"step_{step}.py").read_text())
"""


class Trial(LauncherTest):
    def record_of(self, *scripts):
        """The record of a page that runs these scripts one after the other."""
        record = self.folder / "record é.jsonl"
        # Streamlit keeps the code of a script, so that another one is no other code.
        for number, script in enumerate(scripts):
            self.write(script, f"step_{number}.py")
        text = STEPS if len(scripts) > 1 else scripts[0]
        app = self.launch(text, trial=str(record)).wait_until_ready()
        with app.page() as page:
            for _ in scripts:
                page.run_script()
                page.until_finished()
        if not record.exists():
            return []
        lines = record.read_text(encoding="utf-8").splitlines()
        return [json.loads(line) for line in lines]

    def test_what_went_wrong_has_its_kind(self):
        kinds = [
            (MISSING, "missing"),
            (CHAINED, "missing"),
            (READ_ONLY, "refused"),
            (NETWORK, "network"),
            (NO_NAME, "network"),
            (SECRETS, "secrets"),
            (VARIABLE, "variable"),
            (PROGRAM, "program"),
            (OWN_KEY, "exception"),
            (NATIVE, "refused"),
            (PART, "gone"),
            (NAME, "gone"),
            (LIBRARY, "gone"),
            (ATTRIBUTE, "gone"),
            (OF_OBJECT, "gone"),
            (OWN, "exception"),
            (ABSENT, "absent"),
            (OTHER, "exception"),
        ]
        if STREAMLIT >= (1, 42):
            kinds.insert(0, (USER, "secrets"))
        lines = self.record_of(*(script for script, _ in kinds))
        self.assertEqual([line["kind"] for line in lines], [kind for _, kind in kinds])
        missing, chained = (line for line in lines if line["kind"] == "missing")
        self.assertEqual(missing["module"], "qrcode_not_there")
        self.assertEqual(chained["module"], "qrcode_not_there")
        self.assertEqual(chained["message"], "RuntimeError: the codes can't be drawn")
        self.assertEqual(lines[-1]["message"], "ZeroDivisionError: division by zero")
        self.assertEqual(lines[-2]["path"], "data/é.csv")
        gone = [(line["module"], line["distribution"]) for line in lines if line["kind"] == "gone"]
        expected = [
            ("streamlit.no_such_part", "streamlit"),
            ("streamlit.no_such_name", "streamlit"),
            ("collections.Iterable", "Python"),
            ("streamlit.no_such_function", "streamlit"),
            ("pandas.DataFrame.no_such_method", "pandas"),
        ]
        self.assertEqual(gone, expected)

    def test_what_fails_after_a_network_was_tried_is_told_apart(self):
        fetched = OFFLINE.replace('prices["x"]', 'open("prices.csv")')
        lines = self.record_of(OFFLINE, fetched, OTHER)
        kinds = [line["kind"] for line in lines]
        self.assertEqual(kinds, ["offline", "offline", "exception"], lines)

    def test_a_page_that_ends_its_thread_is_told(self):
        record = self.folder / "record"
        text = "import argparse\nargparse.ArgumentParser().parse_args(['x'])"
        app = self.launch(text, trial=str(record)).wait_until_ready()
        with app.page() as page:
            page.run_script()
            wait_for(lambda: record.exists() and record.read_text().endswith("\n"))
        (line,) = map(json.loads, record.read_text(encoding="utf-8").splitlines())
        expected = ("status", "SystemExit: 2 (unrecognized arguments: x)")
        self.assertEqual((line["kind"], line["message"]), expected)

    def test_the_traceback_begins_in_the_app(self):
        (line,) = self.record_of(MISSING)
        frames = [row for row in line["traceback"].splitlines() if row.startswith("  File")]
        self.assertEqual(len(frames), 2, line["traceback"])
        self.assertIn(f'File "{self.script}", line 3', frames[0])

    def test_a_file_that_is_not_in_the_app_is_told(self):
        folder = tempfile.mkdtemp(dir="/tmp")
        self.addCleanup(shutil.rmtree, folder)
        path = pathlib.Path(folder).resolve() / "elsewhere é.csv"
        path.write_text("x")
        own = self.write("x", "own.csv")
        texts = [f"open({str(it)!r}).read()" for it in (path, own)]
        (line,) = self.record_of(*texts)
        self.assertEqual((line["kind"], line["path"]), ("outside", str(path)))

    def test_a_page_without_a_fault_writes_nothing(self):
        self.assertEqual(self.record_of("import streamlit as st\nst.stop()", "x = 1"), [])


class Refusal(LauncherTest):
    def test_the_page_says_why_the_app_is_not_written_to(self):
        folder = self.folder / "a payload" / "site-packages"
        folder.mkdir(parents=True)
        write = f"""
import errno
raise PermissionError(errno.EACCES, "Permission denied", {str(folder / 'é.db')!r})
"""
        app = self.launch(write, site_packages=[str(folder)]).wait_until_ready()
        with app.page() as page:
            (text,) = page.texts()
        self.assertIn("the installed app can't be written to", text)
        self.assertIn("é.db", text)


class Description(unittest.TestCase):
    def setUp(self):
        sys.path.insert(0, str(LAUNCHER))
        self.addCleanup(sys.path.remove, str(LAUNCHER))

    def test_a_file_that_no_recipient_has_is_told_once(self):
        from waterskin_launcher import trial

        with tempfile.TemporaryDirectory() as folder:
            for name in ("sales é.csv", "base.db", "apart/x", "apart/y"):
                path = os.path.join(folder, name)
                os.makedirs(os.path.dirname(path), exist_ok=True)
                open(path, "w").close()
            os.symlink(os.path.join(folder, "base.db"), os.path.join(folder, "apart/link"))
            # A file system's clock may be a little late.
            time.sleep(0.02)
            found = []
            reach = trial.Reach([os.path.join(folder, "apart"), os.sep], found.append)
            names = ("sales é.csv", "sales é.csv", "apart/x", "none", "/etc/hosts", __file__)
            for name in names:
                reach.look("open", (os.path.join(folder, name), "r", os.O_RDONLY))
            reach.look("open", (7, "r", os.O_RDONLY))
            reach.look("sqlite3.connect", (os.path.join(folder, "apart/link"),))
            reach.look("sqlite3.connect", (":memory:",))
            time.sleep(0.02)
            made = os.path.join(folder, "made")
            open(made, "w").close()
            reach.look("open", (made, "r", os.O_RDONLY))
            real = os.path.realpath(folder)
            expected = [os.path.join(real, "sales é.csv"), __file__, os.path.join(real, "base.db")]
            self.assertEqual(found, expected)

    def test_what_ends_a_page_says_whether_something_failed(self):
        from waterskin_launcher import trial

        said = {None: "exit", 0: "exit", 2: "status", "no region": "status"}
        for code, kind in said.items():
            self.assertEqual(trial.describe(SystemExit(code))["kind"], kind)

    def test_a_variable_that_is_not_there_is_named(self):
        from waterskin_launcher import trial

        try:
            os.environ["TITLE_NOT_THERE"]
        except KeyError as error:
            described = trial.describe(error)
        self.assertEqual((described["kind"], described["module"]), ("variable", "TITLE_NOT_THERE"))

    def test_a_file_that_may_not_be_written_is_named(self):
        import errno

        from waterskin_launcher import trial

        for number in (errno.EACCES, errno.EROFS, errno.EPERM):
            try:
                raise OSError(number, "no", "/usr/lib/a b/é.csv")
            except OSError as error:
                described = trial.describe(error)
            self.assertEqual(described["kind"], "refused")
            self.assertEqual(described["path"], "/usr/lib/a b/é.csv")
