"""The wheels as a stranger meets them: `WATERSKIN_BIN_DIR` has the programs that go into them."""

import json
import os
import subprocess
import tempfile
import unittest
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# Ends with an error where a file is not what CycloneDX asks for.
VALIDATE = """
import pathlib, sys
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
error = JsonStrictValidator(SchemaVersion.V1_6).validate_str(pathlib.Path(sys.argv[1]).read_text("utf-8"))
sys.exit(str(error) if error else 0)
"""
SETTINGS = ("UV_", "SSL_CERT_", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY")


def finish(*command, env=None, cwd=None):
    done = subprocess.run(command, env=env, cwd=cwd, capture_output=True, text=True)
    if done.returncode != 0:
        raise AssertionError(f"{command} failed: {done.stdout}{done.stderr}")
    return done.stdout


class Wheels(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        place = tempfile.TemporaryDirectory(prefix="w é ")
        cls.addClassCleanup(place.cleanup)
        cls.place = Path(place.name)
        cls.out = cls.release("out")
        cls.project = cls.place / "mein äpp"
        cls.project.mkdir()
        (cls.project / "app.py").write_text("import streamlit as st\nst.title('É')\n", encoding="utf-8")

    @classmethod
    def release(cls, name):
        out = cls.place / name
        programs = os.environ["WATERSKIN_BIN_DIR"]
        finish(ROOT / "scripts/release", "--programs", programs, "--out", out)
        return out

    def environment(self, **more):
        """Of somebody with an empty home. What was downloaded before is there, to be quick."""
        home = self.place / "home"
        home.mkdir(exist_ok=True)
        kept = {key: value for key, value in os.environ.items() if key.startswith(SETTINGS)}
        cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "uv"
        kept.setdefault("UV_CACHE_DIR", str(cache))
        return kept | {"HOME": str(home), "PATH": os.environ["PATH"], "LANG": "C.UTF-8"} | more

    def test_the_same_programs_give_the_same_bytes(self):
        again = self.release("again")
        names = sorted(path.name for path in self.out.iterdir())
        self.assertEqual(len(names), 5, names)
        for name in names:
            self.assertEqual((self.out / name).read_bytes(), (again / name).read_bytes(), name)

    def test_each_wheel_says_what_it_is_made_of(self):
        for name in ("waterskin", "waterskin_shell"):
            (wheel,) = self.out.glob(f"{name}-*.whl")
            with zipfile.ZipFile(wheel) as archive:
                (inside,) = [it for it in archive.namelist() if ".dist-info/sboms/" in it]
                text = archive.read(inside)
            self.assertEqual(text, (self.out / Path(inside).name).read_bytes())
            parts = {(one["name"], one["purl"].split("/")[0]) for one in json.loads(text)["components"]}
            self.assertIn(("tokio", "pkg:cargo"), parts)
            self.assertEqual(("tauri", "pkg:cargo") in parts, name == "waterskin_shell")
            self.assertEqual(("@fluent/bundle", "pkg:npm") in parts, name == "waterskin_shell")
            self.assertNotIn(("insta", "pkg:cargo"), parts, "a test's")
            validate = ("uv", "run", "--no-project", "--with", "cyclonedx-python-lib[json-validation]>=11,<12")
            finish(*validate, "python", "-c", VALIDATE, self.out / Path(inside).name, cwd=self.place)

    def test_one_command_makes_a_plan_in_an_empty_home(self):
        command = ("uv", "tool", "run", "--isolated", "--find-links", self.out, "waterskin")
        plan = finish(
            *command, "build", self.project, "--dry-run", env=self.environment(), cwd=self.place
        )
        self.assertIn("local.waterskin.mein-app", plan)

    @unittest.skipUnless(os.environ.get("WATERSKIN_TESTS") == "all", "it takes a minute")
    def test_what_one_command_builds_in_an_empty_home_opens(self):
        command = ("uv", "tool", "run", "--isolated", "--find-links", self.out, "waterskin")
        env = self.environment()
        finish(*command, "build", self.project, "--yes", "--format", "deb", env=env, cwd=self.place)
        (file,) = (self.place / "dist").glob("*.deb")
        picture = self.place / "bild é.png"
        said = finish(*command, "try", file, "--json", "--picture", picture, env=env, cwd=self.place)
        self.assertEqual(json.loads(said)["pages"], 1)
        self.assertTrue(picture.read_bytes().startswith(b"\x89PNG"))

    def test_an_environment_has_the_command_and_the_module(self):
        env = self.environment()
        venv = self.place / "vénv"
        finish("uv", "venv", "--quiet", venv, env=env)
        python = venv / "bin/python"
        finish("uv", "pip", "install", "--python", python, "--find-links", self.out, "waterskin", env=env)
        version = finish(venv / "bin/waterskin", "--version", env=env)
        self.assertEqual(finish(python, "-m", "waterskin", "--version", env=env), version)
        runtime = finish(venv / "bin/waterskin-appimage", "--appimage-version", env=env)
        self.assertEqual(runtime.split()[1], version.split()[1])
        # As it is when the environment is activated: its Python is the first one.
        env["PATH"] = f"{venv / 'bin'}{os.pathsep}{env['PATH']}"
        env["VIRTUAL_ENV"] = str(venv)
        plan = finish("waterskin", "build", self.project, "--dry-run", env=env, cwd=self.place)
        self.assertIn("local.waterskin.mein-app", plan)
        # Without its program the module says what to do.
        (venv / "bin/waterskin").unlink()
        gone = subprocess.run([python, "-m", "waterskin"], env=env, capture_output=True, text=True)
        self.assertEqual(gone.returncode, 1)
        self.assertIn("hint: install it again", gone.stderr)


if __name__ == "__main__":
    unittest.main()
