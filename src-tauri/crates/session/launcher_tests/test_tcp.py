"""Over TCP, as on Windows: nothing is answered without the secret of this launch."""

import signal
import socket
from contextlib import ExitStack

from harness import PATIENCE, URL_PORT, LauncherTest, Page
from websockets.exceptions import InvalidStatus
from websockets.sync import client

SECRET = "s3cret-of-this-launch"
HEADER = f"X-Waterskin-Secret: {SECRET}"


class Tcp(LauncherTest):
    def setUp(self):
        super().setUp()
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]

    def connect(self):
        return socket.create_connection(("127.0.0.1", self.port), PATIENCE)

    def launch_tcp(self, script):
        return self.launch(script, listen={"tcp": self.port}, secret=SECRET)

    def handshake(self, headers):
        return client.connect(
            f"ws://127.0.0.1:{self.port}/_stcore/stream",
            additional_headers=headers,
            origin=f"http://localhost:{URL_PORT}",
            subprotocols=["streamlit"],
            proxy=None,
        )

    def test_only_the_right_secret_is_answered_and_the_app_never_sees_it(self):
        app = self.launch_tcp(
            "import streamlit as st\nst.text(str(dict(st.context.headers)))"
        )
        app.wait_until_ready([HEADER], self.connect)
        for headers in (
            [],
            ["X-Waterskin-Secret: wrong"],
            ["X-Waterskin-Secret:"],
            [HEADER, HEADER],
            ["X-Waterskin-Secret: é"],
        ):
            for path in ("/", "/_stcore/health", "/_stcore/stream", "/media/x"):
                with self.subTest(headers=headers, path=path):
                    self.assertEqual(app.get(path, headers, self.connect)[0], 403)
        for headers in ({}, {"X-Waterskin-Secret": "wrong"}):
            with self.assertRaises(InvalidStatus) as refused, ExitStack() as stack:
                stack.enter_context(self.handshake(headers))
            self.assertEqual(refused.exception.response.status_code, 403)
        with Page(self.handshake({"X-Waterskin-Secret": SECRET})) as page:
            self.assertEqual(page.connection.subprotocol, "streamlit")
            (seen,) = page.texts()
        self.assertIn("Host", seen)
        self.assertNotIn(SECRET, seen)
        self.assertNotIn(SECRET, app.output)

    def test_only_loopback_listens(self):
        app = self.launch_tcp("")
        app.wait_until_ready([HEADER], self.connect)
        with open("/proc/net/tcp", encoding="ascii") as table:
            rows = [line.split() for line in table.readlines()[1:]]
        listening = [
            r[1] for r in rows if r[1].endswith(f":{self.port:04X}") and r[3] == "0A"
        ]
        self.assertEqual(listening, [f"0100007F:{self.port:04X}"])
        app.signal(signal.SIGTERM)
        self.assertEqual(app.exit_code(), 0)

    def test_port_that_is_taken_is_named(self):
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", self.port))
            taken.listen()
            app = self.launch_tcp("")
            self.assertEqual(app.exit_code(), 70)
        self.assertRegex(app.output, f"waterskin: could not listen on .*{self.port}")
