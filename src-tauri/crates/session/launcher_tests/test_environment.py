"""What the launcher tells those whom the app starts, without starting anything."""

import os
import pathlib
import sys
import tempfile
import types
import unittest
from unittest import mock

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "launcher"))

from waterskin_launcher import environment


class CopyTest(unittest.TestCase):
    def told(self, packed, root):
        spec = types.SimpleNamespace(script=str(root / "app.py"), root=str(root), site_packages=[])
        known = {"WATERSKIN_COPY": "of another app"}
        with (
            mock.patch.object(sys, "base_prefix", str(packed / "python")),
            mock.patch.object(sys, "path", []),
            mock.patch.object(sys, "meta_path", []),
            mock.patch.dict(os.environ, known),
        ):
            environment.admit_project(spec)
            return os.environ.get("WATERSKIN_COPY")

    def test_children_are_told_where_the_copy_is(self):
        with tempfile.TemporaryDirectory(prefix="wé ") as folder:
            payload, copy = pathlib.Path(folder, "payload"), pathlib.Path(folder, "copy")
            (payload / "app").mkdir(parents=True)
            copy.mkdir()
            self.assertEqual(self.told(payload, copy), f"{payload / 'app'}\n{copy}")
            self.assertIsNone(self.told(payload, payload / "app"), "it runs in place")
            self.assertIsNone(self.told(copy, copy), "there is no payload")


if __name__ == "__main__":
    unittest.main()
