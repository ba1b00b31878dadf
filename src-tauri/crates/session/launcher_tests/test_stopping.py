"""A request to end is followed soon, in order, with exit code 0."""

import signal

from harness import PATIENCE, LauncherTest, wait_for
from websockets.exceptions import ConnectionClosed

# The hard limit of the launcher is 1.5 s; the rest is for a busy machine.
LIMIT = 2.5

STUCK = """
import time, streamlit as st
st.text("stuck")
time.sleep(1000)
"""


class Stopping(LauncherTest):
    def test_every_stop_signal_ends_with_code_0_and_removes_the_socket(self):
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGQUIT):
            with self.subTest(signal=number.name):
                app = self.launch("").wait_until_ready()
                app.signal(number)
                self.assertEqual(app.exit_code(LIMIT), 0)
                wait_for(app.is_gone, 1, "the end of the watchdog")
                self.assertNotIn("Traceback", app.output)

    def test_pages_are_told_that_the_service_restarts(self):
        app = self.launch("import streamlit as st\nst.text('x')").wait_until_ready()
        with app.page() as page:
            page.texts()
            app.signal(signal.SIGTERM)
            with self.assertRaises(ConnectionClosed) as closed:
                while True:
                    page.connection.recv(timeout=PATIENCE)
            self.assertEqual(closed.exception.rcvd.code, 1012)
        self.assertEqual(app.exit_code(LIMIT), 0)

    def test_stuck_script_does_not_hold_up_the_end(self):
        app = self.launch(STUCK).wait_until_ready()
        with app.page() as page:
            page.run_script()
            while page.next().WhichOneof("type") != "delta":
                pass
            app.signal(signal.SIGTERM)
            self.assertEqual(app.exit_code(LIMIT), 0)

    def test_stuck_event_loop_does_not_hold_up_the_end(self):
        # A callback on the server's own loop that never returns: only the timer is left.
        app = self.launch(
            "import asyncio, gc, time, streamlit as st\n"
            "loops = [o for o in gc.get_objects() if isinstance(o, asyncio.AbstractEventLoop)\n"
            "         and o.is_running()]\n"
            "st.text(str(len(loops)))\n"
            "loops[0].call_soon_threadsafe(lambda: (print('stuck'), time.sleep(1000)))\n"
        ).wait_until_ready()
        with app.page() as page:
            page.run_script()
            wait_for(lambda: "stuck" in app.output, what="the stuck loop")
            app.signal(signal.SIGTERM)
            self.assertEqual(app.exit_code(LIMIT), 0)

    def test_what_the_app_registered_runs_at_the_end_even_with_a_stuck_script(self):
        mark = self.folder / "ended"
        app = self.launch(
            f"import atexit\natexit.register(lambda: open({str(mark)!r}, 'w').close())\n"
            + STUCK
        ).wait_until_ready()
        with app.page() as page:
            page.run_script()
            while page.next().WhichOneof("type") != "delta":
                pass
            app.signal(signal.SIGTERM)
            self.assertEqual(app.exit_code(LIMIT), 0)
        self.assertTrue(mark.exists())

    def test_stop_during_the_start(self):
        app = self.launch("")
        wait_for(app.socket.parent.exists, what="the folder of the socket")
        app.signal(signal.SIGTERM)
        self.assertEqual(app.exit_code(LIMIT), 0)
        wait_for(app.is_gone, 1, "the end of the watchdog")

    def test_second_request_ends_at_once(self):
        begun, ended = self.folder / "begun", self.folder / "ended"
        app = self.launch(
            "import atexit, time\n"
            "def slow():\n"
            f"    open({str(begun)!r}, 'w').close()\n"
            "    time.sleep(1)\n"
            f"    open({str(ended)!r}, 'w').close()\n"
            "atexit.register(slow)\n"
        ).wait_until_ready()
        with app.page() as page:
            page.texts()
        app.signal(signal.SIGTERM)
        wait_for(begun.exists, what="the end that takes long")
        app.signal(signal.SIGTERM)
        self.assertEqual(app.exit_code(LIMIT), 0)
        self.assertFalse(ended.exists(), "the second request must not wait")
