"""The app's configuration counts, except where the window depends on an option."""

import json
import pathlib
import sys
import unittest

from harness import LAUNCHER, STREAMLIT, URL_PORT, LauncherTest

sys.path.insert(0, str(LAUNCHER))
from waterskin_launcher import options  # noqa: E402
from waterskin_launcher.failure import Failure  # noqa: E402

READ = """
import json, streamlit as st
from streamlit import config
names = json.loads({names!r})
st.text(json.dumps({{n: st.get_option(n) for n in names if n in config._config_options_template}}))
"""

# Everything that could break the window, as an app's author may well have it.
HOSTILE = """
[global]
developmentMode = true
[server]
headless = false
address = "0.0.0.0"
port = 9999
baseUrlPath = "/some/where"
sslCertFile = "/nowhere/cert.pem"
fileWatcherType = "poll"
runOnSave = true
enableCORS = false
enableXsrfProtection = false
maxUploadSize = 7
enableStaticServing = true
{more}
[browser]
serverAddress = "example.org"
serverPort = 443
gatherUsageStats = true
[client]
toolbarMode = "developer"
[theme]
primaryColor = "#123456"
"""


class OptionsOfAnApp(LauncherTest):
    def options(self, *names, config=None, environment=None, **fields):
        if config is not None:
            self.write(config, ".streamlit/config.toml")
        script = READ.format(names=json.dumps(names))
        app = self.launch(script, environment, **fields).wait_until_ready()
        with app.page() as page:
            return app, json.loads(page.texts()[0])

    def test_config_of_the_app_cannot_break_the_window(self):
        more = ['allowedHosts = ["example.org"]'] if STREAMLIT >= (1, 62) else []
        self.write("static words", "static/words.txt")
        app, found = self.options(
            "global.developmentMode",
            "server.headless",
            "server.port",
            "server.baseUrlPath",
            "server.fileWatcherType",
            "server.runOnSave",
            "server.enableXsrfProtection",
            "server.maxUploadSize",
            "server.enableStaticServing",
            "browser.serverAddress",
            "browser.serverPort",
            "browser.gatherUsageStats",
            "client.toolbarMode",
            "theme.primaryColor",
            config=HOSTILE.format(more="\n".join(more)),
        )
        self.assertEqual(
            found,
            {
                "global.developmentMode": False,
                "server.headless": True,
                "server.port": URL_PORT,
                "server.baseUrlPath": "",
                "server.fileWatcherType": "none",
                "server.runOnSave": False,
                "server.enableXsrfProtection": True,
                "server.maxUploadSize": 7,
                "server.enableStaticServing": True,
                "browser.serverAddress": "localhost",
                "browser.serverPort": URL_PORT,
                "browser.gatherUsageStats": False,
                "client.toolbarMode": "developer",
                "theme.primaryColor": "#123456",
            },
        )
        self.assertEqual(app.get("/app/static/words.txt"), (200, "static words"))
        self.assertEqual(app.get("/")[0], 200)
        self.assertNotIn("You can now view", app.output)

    def test_suggestions_for_an_app_that_says_nothing(self):
        _, found = self.options("client.toolbarMode", "client.showErrorLinks")
        self.assertEqual(found["client.toolbarMode"], "viewer")
        self.assertEqual(found.get("client.showErrorLinks", False), False)

    def test_authors_window_reloads_and_has_the_usual_toolbar(self):
        _, found = self.options(
            "client.toolbarMode",
            "server.fileWatcherType",
            "server.runOnSave",
            reload=True,
        )
        self.assertEqual(
            found,
            {
                "client.toolbarMode": "auto",
                "server.fileWatcherType": "auto",
                "server.runOnSave": True,
            },
        )

    def test_what_the_author_says_of_changes_holds(self):
        _, found = self.options(
            "server.fileWatcherType",
            "server.runOnSave",
            config="[server]\nfileWatcherType = 'poll'\nrunOnSave = false\n",
            reload=True,
        )
        self.assertEqual(
            found, {"server.fileWatcherType": "poll", "server.runOnSave": False}
        )

    def test_environment_counts_except_for_what_is_forced(self):
        _, found = self.options(
            "client.toolbarMode",
            "server.port",
            "server.maxUploadSize",
            "server.enableStaticServing",
            config="[client]\ntoolbarMode = 'developer'\n",
            environment={
                "STREAMLIT_CLIENT_TOOLBAR_MODE": "minimal",
                "STREAMLIT_SERVER_PORT": "9998",
                "STREAMLIT_SERVER_MAX_UPLOAD_SIZE": "9",
                "STREAMLIT_SERVER_ENABLE_STATIC_SERVING": "yes",
            },
        )
        self.assertEqual(
            found,
            {
                "client.toolbarMode": "minimal",
                "server.port": URL_PORT,
                "server.maxUploadSize": 9,
                "server.enableStaticServing": True,
            },
        )

    @unittest.skipIf(STREAMLIT < (1, 53) or STREAMLIT >= (1, 57), "no choice of server")
    def test_starlette_that_is_not_installed_is_named(self):
        self.write("[server]\nuseStarlette = true\n", ".streamlit/config.toml")
        app = self.launch("")
        self.assertEqual(app.exit_code(), 70)
        self.assertIn("`starlette` is missing", app.output)

    def test_page_may_talk_to_itself(self):
        app = self.launch("").wait_until_ready()
        host = json.loads(app.get("/_stcore/host-config")[1])
        if STREAMLIT >= (1, 55):
            self.assertIn(f"http://localhost:{URL_PORT}", host["allowedOrigins"])

    def test_nothing_is_written_to_the_home(self):
        app = self.launch("").wait_until_ready()
        with app.page() as page:
            page.texts()
        self.assertEqual(list(pathlib.Path(self.folder / "home").iterdir()), [])

    def test_config_that_cannot_be_read_is_named(self):
        self.write("", ".streamlit/config.toml").write_bytes(b"[server]\n# \xff\n")
        app = self.launch("")
        self.assertEqual(app.exit_code(), 70)
        self.assertIn("waterskin: could not read the app's `config.toml`", app.output)


class Definition:
    """What Streamlit's `ConfigOption` tells about an option."""

    def __init__(self, variable, kind, multiple=False, sensitive=False):
        self.env_var, self.type = variable, kind
        self.multiple, self.sensitive = multiple, sensitive


class OptionsFromTheEnvironment(unittest.TestCase):
    TEMPLATE = {
        "a.flag": Definition("A_FLAG", bool),
        "a.number": Definition("A_NUMBER", int),
        "a.list": Definition("A_LIST", str, multiple=True),
        "a.secret": Definition("A_SECRET", str, sensitive=True),
    }

    def read(self, **environ):
        return options.from_environment(self.TEMPLATE, environ)

    def test_values_have_the_type_of_the_option(self):
        for text, value in (("TRUE", True), ("on", True), ("0", False), ("No", False)):
            self.assertEqual(self.read(A_FLAG=text), {"a.flag": value})
        self.assertEqual(self.read(A_NUMBER="7"), {"a.number": 7})
        self.assertEqual(self.read(A_LIST="x  y"), {"a.list": ["x", "y"]})

    def test_empty_and_sensitive_ones_are_left_out(self):
        self.assertEqual(self.read(A_FLAG="", A_SECRET="s", OTHER="1"), {})

    def test_a_wrong_value_is_named(self):
        for environ in ({"A_FLAG": "maybe"}, {"A_NUMBER": "many"}):
            with self.assertRaisesRegex(Failure, f"`{next(iter(environ))}`"):
                self.read(**environ)
