"""What Cargo compiles again in another clone, with Cargo itself: python3 scripts/own_target_test.py"""

import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

OWN_TARGET = Path(__file__).with_name("own_target.py")
MANIFEST = '[package]\nname = "waterskin-{}"\nversion = "1.0.0"\nedition = "2024"\n'


class Clones(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.target = self.folder / "target"

    def clone(self, name, text="one", words="one", time=None):
        clone = self.folder / name
        for package in "plain", "placed", "shared":
            (clone / package / "src").mkdir(parents=True)
            (clone / package / "Cargo.toml").write_text(MANIFEST.format(package))
        (clone / "Cargo.toml").write_text('[workspace]\nmembers = ["plain", "placed", "shared"]\nresolver = "3"\n')
        (clone / "plain/src/main.rs").write_text('fn main() { print!(include_str!("text")) }')
        (clone / "placed/src/main.rs").write_text('fn main() { print!(env!("CARGO_MANIFEST_DIR")) }')
        (clone / "plain/src/text").write_text(text)
        (clone / "shared/src/main.rs").write_text('fn main() { print!(include_str!("../../words é")) }')
        (clone / "words é").write_text(words)
        subprocess.run(["git", "init", "-q"], cwd=clone, check=True)
        if time:
            for path in clone.rglob("*"):
                os.utime(path, (time, time))
        return clone

    def own(self, clone, when):
        command = [sys.executable, OWN_TARGET, when, self.folder / "record.json", self.target]
        subprocess.run(command, cwd=clone, check=True)

    def compile(self, clone):
        """The names of the packages that Cargo compiled."""
        command = ["cargo", "build", "--offline", "--target-dir", self.target]
        built = subprocess.run(command, cwd=clone, check=True, capture_output=True, text=True)
        lines = [line.split() for line in built.stderr.splitlines()]
        return {line[1].removeprefix("waterskin-") for line in lines if line[0] == "Compiling"}

    def build(self, clone):
        self.own(clone, "before")
        compiled = self.compile(clone)
        self.own(clone, "after")
        return compiled

    def output(self, package):
        return subprocess.check_output([self.target / f"debug/waterskin-{package}"], text=True)

    def test_the_same_content_is_compiled_once_but_for_what_knows_its_place(self):
        self.assertEqual(self.build(self.clone("a")), {"plain", "placed", "shared"})
        second = self.clone("b in a longer place")
        self.assertEqual(self.build(second), {"placed"})
        self.assertEqual(self.output("placed"), str(second / "placed"))
        self.assertEqual(self.build(second), set())

    def test_another_content_is_compiled_however_old_its_file_is(self):
        self.build(self.clone("a"))
        old = self.clone("b", "two", time=1_000_000_000)
        self.assertEqual(self.build(old), {"plain", "placed"})
        self.assertEqual(self.output("plain"), "two")
        self.assertIn("plain", self.build(self.clone("c", "one", time=1_000_000_000)))
        self.assertEqual(self.output("plain"), "one")

    def test_a_file_outside_of_its_package_is_this_clones(self):
        first = self.clone("a")
        self.build(first)
        second = self.clone("b", words="two")
        self.assertEqual(self.build(second), {"placed", "shared"})
        self.assertEqual(self.output("shared"), "two")
        # The former clone's no longer counts, and this one's does.
        (first / "words é").write_text("three")
        self.assertEqual(self.build(second), set())
        third = self.clone("c", words="two")
        self.assertEqual(self.build(third), {"placed"})
        (third / "words é").write_text("four")
        self.assertEqual(self.build(third), {"shared"})
        self.assertEqual(self.output("shared"), "four")

    def test_after_a_build_that_nobody_knows_of_everything_is(self):
        first = self.clone("a")
        self.build(first)
        (first / "plain/src/text").write_text("two")
        self.assertEqual(self.compile(first), {"plain"})
        self.assertIn("plain", self.build(self.clone("b")))
        self.assertEqual(self.output("plain"), "one")

    def test_what_is_written_during_a_build_counts_as_changed(self):
        first = self.clone("a")
        self.own(first, "before")
        (first / "plain/src/text").write_text("two")
        self.compile(first)
        (first / "plain/src/text").write_text("one")
        self.own(first, "after")
        self.assertIn("plain", self.build(self.clone("b")))
        self.assertEqual(self.output("plain"), "one")


if __name__ == "__main__":
    unittest.main()
