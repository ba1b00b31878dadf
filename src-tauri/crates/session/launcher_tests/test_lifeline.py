"""Nothing outlives the shell, however it dies and whatever the app is doing."""

import json
import os
import signal
import subprocess
import sys
from functools import partial

from harness import LAUNCHER, PATIENCE, LauncherTest, wait_for

# The promise of the shell: nothing is left after this many seconds.
LIMIT = 1

# Holds the interpreter lock in C code for longer than any test runs.
HOLDING_THE_LOCK = """
import re, streamlit as st
print("holding", flush=True)
re.match("(a+)+$", "a" * 60 + "b")
"""

# A tree that does not go away by itself: deaf to signals, two generations, one of
# them in a process group of its own.
TREE = """
import os, signal, subprocess, sys, streamlit as st
signal_deaf = "trap '' HUP TERM INT; sleep 1000 & sleep 1000"
subprocess.Popen(["/bin/sh", "-c", signal_deaf])
subprocess.Popen(["/bin/sh", "-c", signal_deaf], preexec_fn=os.setpgrp)
if os.fork() == 0:
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    signal.pause()
st.text("tree")
"""


class Lifeline(LauncherTest):
    def assert_gone(self, app):
        wait_for(app.is_gone, LIMIT, f"the end of {app.members()}")

    def test_shell_dies_while_the_app_serves(self):
        app = self.launch("").wait_until_ready()
        self.assertEqual(len(app.members()), 2, "the main process and its watchdog")
        app.hang_up()
        self.assert_gone(app)

    def test_shell_dies_at_every_moment_of_the_start(self):
        moments = {
            "at once": lambda app: True,
            "with the watchdog": lambda app: len(app.members()) == 2,
            "with the folder": lambda app: app.socket.parent.exists(),
            "with the socket": lambda app: app.socket.exists(),
        }
        for name, reached in moments.items():
            with self.subTest(moment=name):
                app = self.launch("")
                wait_for(partial(reached, app), what=name)
                app.hang_up()
                self.assert_gone(app)

    def test_shell_dies_while_the_app_is_stopped(self):
        app = self.launch("").wait_until_ready()
        (watchdog,) = set(app.members()) - {app.pid}
        for number in (signal.SIGHUP, signal.SIGINT, signal.SIGTERM):
            os.kill(watchdog, number)  # as a shell's `kill` to the tree does
        app.signal(signal.SIGSTOP)
        app.hang_up()
        self.assert_gone(app)

    def test_shell_dies_while_the_app_ignores_signals_and_holds_the_lock(self):
        app = self.launch(HOLDING_THE_LOCK).wait_until_ready()
        with app.page() as page:
            page.run_script()
            wait_for(lambda: "holding" in app.output, what="the script")
            app.hang_up()
            self.assert_gone(app)

    def test_shell_dies_with_a_tree_of_processes_under_the_app(self):
        app = self.launch(TREE).wait_until_ready()
        with app.page() as page:
            self.assertIn("tree", page.texts())
            wait_for(lambda: len(app.members()) >= 7, what="the tree")
            app.hang_up()
            self.assert_gone(app)

    def test_main_process_dies_with_a_tree_of_processes_under_it(self):
        app = self.launch(TREE).wait_until_ready()
        with app.page() as page:
            self.assertIn("tree", page.texts())
            wait_for(lambda: len(app.members()) >= 7, what="the tree")
            app.signal(signal.SIGKILL)
            self.assert_gone(app)
        self.assertEqual(app.exit_code(), -signal.SIGKILL)

    def test_terminal_that_hung_up_before_the_watchdog_was_there(self):
        # A shell under `nohup` passes an ignored SIGHUP on, so only the watchdog acts.
        self.write("")
        spec = {
            "script": str(self.script),
            "root": str(self.app),
            "listen": {"unix": str(self.socket)},
            "url": "http://localhost:8501",
        }
        master, terminal = os.openpty()
        os.close(master)
        started = subprocess.Popen(
            [sys.executable, "-I", str(LAUNCHER)],
            env={"WATERSKIN_LAUNCH": json.dumps(spec)},
            stdin=terminal,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        os.close(terminal)
        self.addCleanup(started.kill)
        self.assertEqual(started.wait(PATIENCE), -signal.SIGKILL)
        wait_for(
            lambda: not self.socket.parent.exists(), LIMIT, "the end of the folder"
        )

    def test_app_sees_no_child_that_it_did_not_start(self):
        app = self.launch(
            "import os, streamlit as st\n"
            "try:\n    st.text(str(os.waitpid(-1, os.WNOHANG)))\n"
            "except ChildProcessError:\n    st.text('none')\n"
        ).wait_until_ready()
        with app.page() as page:
            self.assertEqual(page.texts(), ["none"])

    def test_watchdog_holds_nothing_but_the_terminal_and_the_pipe(self):
        app = self.launch("").wait_until_ready()
        (watchdog,) = set(app.members()) - {app.pid}
        folder = f"/proc/{watchdog}/fd"
        held = sorted(os.readlink(f"{folder}/{name}") for name in os.listdir(folder))
        self.assertEqual(len(held), 2, held)
        self.assertTrue(held[0].startswith("/dev/pts/"), held)
        self.assertTrue(held[1].startswith("pipe:"), held)
        self.assertEqual(os.readlink(f"/proc/{watchdog}/cwd"), "/")

    def test_folder_of_somebody_else_is_left_alone(self):
        self.socket.parent.mkdir()
        self.socket.write_text("precious")
        app = self.launch("")
        self.assertEqual(app.exit_code(), 70)
        wait_for(lambda: not app.members(), LIMIT, "the end of the watchdog")
        self.assertEqual(self.socket.read_text(), "precious")
