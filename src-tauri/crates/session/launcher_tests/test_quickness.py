"""What is left out at a start changes nothing that an app can see."""

import json
import subprocess
import sys

from harness import STREAMLIT, LauncherTest, texts_of

# Streamlit's own search, on a process that knows nothing of the launcher.
SEARCH = """
import sys
sys.path.insert(0, sys.argv[1])
from streamlit.components.v2 import manifest_scanner
for manifest, root in manifest_scanner.scan_component_manifests():
    print(manifest.name, manifest.version, *[it.name for it in manifest.components], root)
"""

# The same by the launcher's, and whether it was the launcher's.
SCRIPT = """
import streamlit as st
from streamlit.components.v2 import manifest_scanner
st.text(manifest_scanner.scan_component_manifests.__module__)
for manifest, root in manifest_scanner.scan_component_manifests():
    names = [it.name for it in manifest.components]
    st.text(" ".join([manifest.name, manifest.version, *names, str(root)]))
"""

ASKED = """
import streamlit as st
from streamlit import env_util
asked = []
env_util.is_repl = lambda: bool(asked.append(1))
st.text("an element")
st.text(f"asked {len(asked)} times")
"""

PYPROJECT = """
[project]
name = "{name}"
version = "1.5"
[[tool.streamlit.component.components]]
name = "wave"
"""


class Components(LauncherTest):
    def setUp(self):
        super().setUp()
        if STREAMLIT < (1, 52):
            self.skipTest("this version has no components that packages declare")
        self.site = self.folder / "sïte"

    def package(self, name, *headers, project=None, files=(), **more):
        """Installs a package; `project` is where its `pyproject.toml` is, `more` are further
        files of its metadata."""
        module = name.replace("-", "_")
        (self.site / module).mkdir(parents=True)
        (self.site / module / "__init__.py").touch()
        if project:
            (self.site / project).write_text(PYPROJECT.format(name=name))
        info = self.site / f"{module}-1.5.dist-info"
        info.mkdir()
        lines = ["Metadata-Version: 2.1", f"Name: {name}", "Version: 1.5", *headers]
        (info / "METADATA").write_text("\n".join(lines) + "\n\nA description.\n")
        listed = [f"{module}/__init__.py", *files]
        (info / "RECORD").write_text("".join(f"{it},,\n" for it in listed))
        for file, text in more.items():
            (info / file.replace("__", ".")).write_text(text)

    def test_those_that_packages_declare_are_found_as_streamlit_finds_them(self):
        needs = "Requires-Dist: streamlit>=1.51"
        inside = "wave_chart/pyproject.toml"
        self.package("wave-chart", needs, project=inside, files=[inside])
        inside = "st_wave/pyproject.toml"
        self.package("st-wave", project=inside, files=[inside])
        inside = "waves/pyproject.toml"
        self.package("waves", "Summary: for Streamlit", project=inside, files=[inside])
        # One that is installed from its own folder lists none of its files.
        url = json.dumps({"url": "file:///x", "dir_info": {"editable": True}})
        self.package("own", needs, project="own/pyproject.toml", direct_url__json=url)
        # Has nothing to do with Streamlit, so that nobody looks.
        inside = "other/pyproject.toml"
        self.package("other", project=inside, files=[inside])
        self.package("without", needs)

        search = [sys.executable, "-I", "-c", SEARCH, str(self.site)]
        search = subprocess.run(search, capture_output=True, text=True, check=True)
        theirs = sorted(search.stdout.splitlines())
        self.assertEqual(
            [it.split()[:3] for it in theirs],
            [[it, "1.5", "wave"] for it in ("own", "st-wave", "wave-chart", "waves")],
        )
        app = self.launch(SCRIPT, site_packages=[str(self.site)]).wait_until_ready()
        with app.page() as page:
            module, *ours = page.texts()
        self.assertEqual(module, "waterskin_launcher.components")
        self.assertEqual(sorted(ours), theirs)


class DirectRun(LauncherTest):
    def test_the_first_element_does_not_ask_how_the_script_is_run(self):
        app = self.launch(ASKED).wait_until_ready()
        with app.page() as page:
            page.run_script()
            texts = texts_of(page.until_finished())
        self.assertEqual(texts, ["an element", "asked 0 times"])
