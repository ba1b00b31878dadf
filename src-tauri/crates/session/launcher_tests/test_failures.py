"""What cannot work is said in one line, with exit code 70."""

import json
import os
import subprocess
import sys
import unittest

from harness import LAUNCHER, STREAMLIT, LauncherTest, wait_for


class Failures(LauncherTest):
    def assert_fails(self, app, line):
        self.assertEqual(app.exit_code(), 70)
        self.assertEqual(app.output.strip().splitlines()[-1], f"waterskin: {line}")
        wait_for(lambda: not app.members(), 1, "the end of the watchdog")

    def test_script_that_is_missing(self):
        self.assert_fails(
            self.launch(), f"could not start `{self.script}`: there is no such file"
        )

    def test_socket_path_that_is_too_long(self):
        path = f"/tmp/{'long' * 26}/s"
        self.assert_fails(
            self.launch("", listen={"unix": path}),
            f"could not listen on `{path}`: the path has {len(path)} bytes, "
            "a Unix socket takes 107",
        )

    def test_folder_that_exists(self):
        self.socket.parent.mkdir()
        folder = self.socket.parent
        self.assert_fails(
            self.launch(""), f"could not make the folder `{folder}`: it exists already"
        )

    def test_folder_that_cannot_be_made(self):
        folder = self.folder / "missing" / "waterskin"
        self.assert_fails(
            self.launch("", listen={"unix": str(folder / "app.sock")}),
            f"could not make the folder `{folder}`: No such file or directory",
        )

    def test_launches_that_make_no_sense(self):
        port = {"listen": {"tcp": 1}}
        for fields, why in (
            (port, "`listen.tcp` needs a `secret`"),
            ({"listen": {}}, "`listen` must have either `unix` or `tcp`"),
            ({"listen": {"tcp": True}}, "`tcp` must be of type `int`"),
            ({"root": "."}, "`.` is not an absolute path"),
            ({"script": "app.py"}, "`app.py` is not an absolute path"),
            ({"url": "http://localhost"}, "`http://localhost` names no port"),
            ({"arguments": [1]}, "`arguments` must hold strings only"),
            ({"reload": "yes"}, "`reload` must be of type `bool`"),
        ):
            with self.subTest(why=why):
                app = self.launch("", **fields)
                self.assert_fails(app, f"could not read `WATERSKIN_LAUNCH`: {why}")

    def test_launch_that_is_no_json_or_missing(self):
        app = self.launch("", {"WATERSKIN_LAUNCH": "{"})
        self.assertEqual(app.exit_code(), 70)
        self.assertIn("waterskin: could not read `WATERSKIN_LAUNCH`: ", app.output)
        done = subprocess.run(
            [sys.executable, "-I", str(LAUNCHER)],
            env={},
            capture_output=True,
            text=True,
        )
        self.assertEqual(done.returncode, 70)
        self.assertEqual(
            done.stderr,
            "waterskin: could not read the launch: `WATERSKIN_LAUNCH` is not set\n",
        )

    def test_python_without_streamlit(self):
        self.write("")
        spec = {
            "script": str(self.script),
            "root": str(self.app),
            "listen": {"unix": str(self.socket)},
            "url": "http://localhost:8501",
        }
        bare = os.path.realpath(sys.executable)
        # Without a terminal: the watchdog has the pipe only.
        done = subprocess.run(
            [bare, "-I", "-S", str(LAUNCHER)],
            env={"WATERSKIN_LAUNCH": json.dumps(spec)},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
        )
        self.assertEqual(done.returncode, 70)
        self.assertEqual(
            done.stderr,
            f"waterskin: could not import Streamlit: `{bare}` does not have it\n",
        )
        wait_for(lambda: not self.socket.parent.exists(), 1, "the end of the folder")

    def test_streamlit_with_a_missing_part_shows_the_traceback(self):
        # protobuf's `google` is in no one place, so a package of that name hides it (PEP 420).
        self.write("import not_there_at_all", "../packages/google/__init__.py")
        app = self.launch("", site_packages=[str(self.folder / "packages")])
        self.assert_fails(
            app, "could not import Streamlit: No module named 'not_there_at_all'"
        )
        self.assertIn("Traceback", app.output)

    @unittest.skipIf(STREAMLIT < (1, 57), "no servers of its own before Starlette")
    def test_server_of_the_script_that_cannot_be_loaded(self):
        app = self.launch(
            "from streamlit.starlette import App\napp = App('x.py')\n1 / 0"
        )
        self.assertEqual(app.exit_code(), 70)
        self.assertIn("ZeroDivisionError", app.output)
        last = app.output.splitlines()[-1]
        self.assertEqual(last, "waterskin: could not load `äpp:app`: division by zero")

    @unittest.skipIf(STREAMLIT < (1, 57), "no servers of its own before Starlette")
    def test_server_of_the_script_that_fails_at_its_start(self):
        app = self.launch(
            "from contextlib import asynccontextmanager\n"
            "from streamlit.starlette import App\n"
            "@asynccontextmanager\n"
            "async def lifespan(app):\n"
            "    raise RuntimeError('no database')\n"
            "    yield\n"
            "app = App(__file__, lifespan=lifespan)\n"
        )
        self.assert_fails(app, "could not start the server: the reason stands above")
        self.assertIn("RuntimeError: no database", app.output)


@unittest.skipIf(STREAMLIT < (1, 57), "no servers of its own before Starlette")
class ServerOfTheScript(LauncherTest):
    def test_script_that_defines_a_server_is_served(self):
        self.write("import streamlit as st\nst.text('inner')", "inner.py")
        self.script = self.app / "server.py"
        app = self.launch(
            "from streamlit.starlette import App\n"
            "from starlette.responses import PlainTextResponse\n"
            "from starlette.routing import Route\n"
            "async def hello(request):\n    return PlainTextResponse('own route')\n"
            "app = App('inner.py', routes=[Route('/hello', hello)])\n"
        ).wait_until_ready()
        self.assertEqual(app.get("/hello"), (200, "own route"))
        with app.page() as page:
            self.assertEqual(page.texts(), ["inner"])
