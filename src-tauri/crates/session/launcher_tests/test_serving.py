"""The app runs as under `streamlit run`."""

import json
import os
import stat
import sys

import harness
from harness import LauncherTest, wait_for

FACTS = """
import json, os, sys
import options, spec, run  # the app's own modules, whatever the launcher's are called
import streamlit as st
st.session_state.runs = st.session_state.get("runs", 0) + 1
st.text(json.dumps({
    "name": __name__,
    "file": __file__,
    "argv": sys.argv,
    "path": sys.path,
    "cwd": os.getcwd(),
    "launch": os.environ.get("WATERSKIN_LAUNCH"),
    "own": [options.OWN, spec.OWN, run.OWN],
    "runs": st.session_state.runs,
    "secret": st.secrets["key"],
    "encoding": sys.stdout.encoding,
}))
print("stdout: é")
"""


class Serving(LauncherTest):
    def test_script_sees_what_streamlit_run_gives(self):
        for name in ("options", "spec", "run"):
            self.write("OWN = True", f"{name}.py")
        self.write('key = "sésame"', ".streamlit/secrets.toml")
        extra = self.folder / "site packages"
        extra.mkdir()
        (extra / "more.pth").write_text(str(self.folder / "home"), encoding="utf-8")
        app = self.launch(
            FACTS, arguments=["--flag", "a b é"], site_packages=[str(extra)]
        ).wait_until_ready()
        with app.page() as page:
            facts = json.loads(page.texts()[0])
            again = json.loads(page.texts()[0])
        self.assertEqual(facts["name"], "__main__")
        self.assertEqual(facts["file"], str(self.script))
        self.assertEqual(facts["argv"], [str(self.script), "--flag", "a b é"])
        self.assertIn(str(self.app), facts["path"][:2])
        self.assertIn(str(extra), facts["path"])
        self.assertIn(str(self.folder / "home"), facts["path"], "`.pth` files count")
        self.assertNotIn(str(harness.LAUNCHER), facts["path"])
        self.assertEqual(facts["cwd"], str(self.app))
        self.assertIsNone(facts["launch"], "children of the app must not inherit it")
        self.assertEqual(facts["own"], [True, True, True])
        self.assertEqual(facts["secret"], "sésame")
        self.assertEqual((facts["runs"], again["runs"]), (1, 2))
        wait_for(lambda: "stdout: é" in app.output, what="the script's output")

    def test_script_may_be_called_like_any_module(self):
        text = "import streamlit as st, {0}\nst.text({0}.__file__)\nst.line_chart([1, 2])"
        for name in ("streamlit", "random", "pandas", "asyncio"):
            with self.subTest(name):
                self.script = self.app / f"{name}.py"
                self.socket = self.folder / name / "app.sock"
                app = self.launch(text.format(name), preload=["pandas"]).wait_until_ready()
                with app.page() as page:
                    page.run_script()
                    messages = page.until_finished()
                texts = harness.texts_of(messages)
                self.assertEqual(len(texts), 1, texts)
                self.assertNotIn(str(self.app), texts[0])
                self.script.unlink()

    def test_folder_of_the_script_is_first_and_that_of_the_project_last(self):
        self.script = self.app / "src" / "main.py"
        self.write("WHERE = 'beside the script'", "src/models.py")
        self.write("WHERE = 'the root'", "models.py")
        self.write("PRICE = 7", "src/core.py")
        # The standard library's is not hidden by what only the root has.
        self.write("", "colorsys.py")
        text = (
            "import streamlit as st, models, core, colorsys, src.core\n"
            "st.text([models.WHERE, core.PRICE, src.core.PRICE, hasattr(colorsys, 'hls_to_rgb')])"
        )
        app = self.launch(text).wait_until_ready()
        with app.page() as page:
            self.assertEqual(page.texts(), ["['beside the script', 7, 7, True]"])

    def test_commands_of_packages_are_found(self):
        command = self.folder / "site packages" / "bin" / "greet é"
        command.parent.mkdir(parents=True)
        command.write_text("#!/bin/sh\necho hello", encoding="utf-8")
        command.chmod(0o755)
        text = (
            "import streamlit as st, subprocess\n"
            "st.text(subprocess.check_output(['greet é'], text=True).strip())\n"
            "st.text(subprocess.check_output(['uname'], text=True).strip())"
        )
        packages = [str(self.folder / "site packages")]
        app = self.launch(text, site_packages=packages).wait_until_ready()
        with app.page() as page:
            self.assertEqual(page.texts(), ["hello", os.uname().sysname])

    def test_secrets_of_nobody_are_as_in_an_empty_file(self):
        text = (
            "import streamlit as st\n"
            "st.text([st.secrets.get('key', 'none'), 'key' in st.secrets, dict(st.secrets)])\n"
            "st.secrets['key']"
        )
        app = self.launch(text).wait_until_ready()
        with app.page() as page:
            texts = page.texts()
        self.assertEqual(texts[0], "['none', False, {}]")
        self.assertIn('st.secrets has no key "key"', texts[1])

    def test_handshake_echoes_the_protocol_and_a_run_yields_deltas(self):
        app = self.launch(
            "import streamlit as st\nst.title('Hello')"
        ).wait_until_ready()
        with app.page() as page:
            self.assertEqual(page.connection.subprotocol, "streamlit")
            page.run_script()
            messages = page.until_finished()
        kinds = [message.WhichOneof("type") for message in messages]
        self.assertEqual(kinds[0], "new_session")
        self.assertIn("delta", kinds)
        self.assertEqual(messages[-1].script_finished, 0)

    def test_page_and_static_files_are_served(self):
        app = self.launch("").wait_until_ready()
        status, body = app.get("/")
        self.assertEqual(status, 200)
        self.assertIn("<title>Streamlit</title>", body)
        self.assertEqual(app.get("/_stcore/host-config")[0], 200)

    def test_socket_is_for_this_user_only(self):
        app = self.launch("").wait_until_ready()
        mode = stat.S_IMODE(os.stat(app.socket.parent).st_mode)
        self.assertEqual(mode, 0o700)
        self.assertEqual(stat.S_IMODE(os.stat(app.socket).st_mode), 0o600)

    def test_output_is_utf8_in_every_locale(self):
        app = self.launch(
            "print('é€')", {"LC_ALL": "C.ISO-8859-1", "PYTHONIOENCODING": "latin-1"}
        ).wait_until_ready()
        with app.page() as page:
            page.texts()
        wait_for(lambda: "é€" in app.output, what="the script's output")

    def test_pages_folder_and_error_of_a_script(self):
        self.write("import streamlit as st\nst.text('second')", "pages/1_Zweite.py")
        app = self.launch("1 / 0").wait_until_ready()
        with app.page() as page:
            page.run_script()
            messages = page.until_finished()
        # In `new_session` or, in newer versions, in `navigation`.
        self.assertTrue(any('page_name: "Zweite"' in str(m) for m in messages))
        self.assertIn("division by zero", harness.texts_of(messages))
        wait_for(lambda: "ZeroDivisionError" in app.output, what="the traceback")

    def test_preload_imports_and_survives_broken_modules(self):
        seen = self.folder / "seen"
        self.write("1 / 0", "broken.py")
        self.write("import sys\nsys.exit(3)", "leaving.py")
        self.write(f"open({str(seen)!r}, 'w').close()", "heavy.py")
        modules = ["missing.module", "broken", "leaving", "heavy"]
        app = self.launch("", preload=modules).wait_until_ready()
        wait_for(seen.exists, what="the import of `heavy`")
        self.assertEqual(app.get("/_stcore/health"), (200, "ok"))
        self.assertNotIn("Traceback", app.output)

    def test_cycles_are_collected_once_the_modules_are_imported(self):
        go_on = self.folder / "go on"
        # Whoever opens a pipe waits for the other end.
        os.mkfifo(go_on)
        self.write(f"open({str(go_on)!r}).close()\n", "heavy.py")
        app = self.launch(
            "import gc, os, threading, streamlit as st\n"
            "st.text(f'while importing: {gc.isenabled()}')\n"
            "child = os.fork()\n"
            "if child == 0: os._exit(gc.isenabled())\n"
            "status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])\n"
            "st.text(f'in a child: {status == 1}')\n"
            "[it] = [it for it in threading.enumerate() if it.name == 'waterskin-preload']\n"
            f"open({str(go_on)!r}, 'w').close()\n"
            "it.join()\n"
            "st.text(f'then: {gc.isenabled()}')\n"
            "[it] = [it for it in threading.enumerate() if it.name == 'waterskin-collector']\n"
            "it.join()\n"
            "st.text(f'kept from it: {gc.get_freeze_count()}')\n",
            preload=["heavy"],
        ).wait_until_ready()
        with app.page() as page:
            self.assertEqual(
                page.texts(),
                [
                    "while importing: False",
                    "in a child: True",
                    "then: True",
                    "kept from it: 0",
                ],
            )

    def test_an_odd_environment_keeps_no_app_from_working(self):
        packages = self.folder / "site-packages"
        (packages / "bin").mkdir(parents=True)
        script = (
            "import os, pathlib, sys, tempfile, streamlit as st\n"
            "with tempfile.NamedTemporaryFile('w', encoding='utf-8') as file:\n"
            "    file.write('é')\n"
            "print('printed: é')\n"
            "st.text(os.environ['PATH'])\n"
            "st.text(os.path.isabs(tempfile.gettempdir()))\n"
        )
        odd = dict.fromkeys(("LANG", "LC_ALL"), "xx_YY.nonsense")
        odd |= {"PATH": "", "TMPDIR": "/nowhere", "HOME": "/nowhere", "TERM": ""}
        odd |= dict.fromkeys(("PYTHONPATH", "PYTHONHOME"), "/nowhere")
        app = self.launch(script, odd, site_packages=[str(packages)]).wait_until_ready()
        with app.page() as page:
            path, is_absolute = page.texts()
        folders = path.split(os.pathsep)
        own = os.path.dirname(sys.executable)
        self.assertEqual(folders[:2], [str(packages / "bin"), own], "`python` is the app's")
        self.assertIn("/bin", folders)
        self.assertNotIn("", folders, "it would be the current folder")
        self.assertEqual(is_absolute, "True")
        wait_for(lambda: "printed: é" in app.output, what="the script's output")

    def test_the_apps_own_packages_are_those_of_the_copy_that_it_runs_in(self):
        payload, copy = self.folder / "payload", self.folder / "a copy"
        for folder in (payload / "app", copy):
            (folder / "src" / "own").mkdir(parents=True)
            (folder / "src" / "own" / "__init__.py").write_text("")
        packages = payload / "site-packages"
        packages.mkdir()
        (packages / "own.pth").write_text("../app/src\n")
        script = copy / "app.py"
        script.write_text("import own, streamlit as st\nst.text(own.__file__)\n")
        app = self.launch(script=str(script), root=str(copy), site_packages=[str(packages)])
        app.wait_until_ready()
        with app.page() as page:
            self.assertEqual(page.texts(), [str(copy / "src" / "own" / "__init__.py")])

    def test_threads_of_openblas_rest_soon(self):
        self.assertEqual(self.timeout_of_openblas({}), ["20"])

    def test_threads_of_openblas_rest_as_the_user_says(self):
        given = {"OPENBLAS_THREAD_TIMEOUT": "26"}
        self.assertEqual(self.timeout_of_openblas(given), ["26"])

    def timeout_of_openblas(self, environment):
        script = (
            "import os, streamlit as st\n"
            "st.text(os.environ['OPENBLAS_THREAD_TIMEOUT'])\n"
        )
        app = self.launch(script, environment).wait_until_ready()
        with app.page() as page:
            return page.texts()

    def test_reload_runs_the_script_again_when_it_changes(self):
        app = self.launch(
            "import streamlit as st\nst.text('before')", reload=True
        ).wait_until_ready()
        with app.page() as page:
            self.assertEqual(page.texts(), ["before"])
            self.write("import streamlit as st\nst.text('after change')")
            messages = []
            while "after change" not in harness.texts_of(messages):
                messages.append(page.next())

    def test_children_by_multiprocessing_import_the_apps_modules(self):
        self.write("def double(x):\n    return 2 * x", "work.py")
        app = self.launch(
            "import multiprocessing as mp, streamlit as st, work\n"
            "if __name__ == '__main__':\n"
            "    for method in ('fork', 'spawn'):\n"
            "        with mp.get_context(method).Pool(1) as pool:\n"
            "            st.text(str(pool.map(work.double, [21])))\n"
        ).wait_until_ready()
        with app.page() as page:
            self.assertEqual(page.texts(), ["[42]", "[42]"])
