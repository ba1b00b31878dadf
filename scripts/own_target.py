"""Makes Cargo's target folders this clone's: own_target.py before|after RECORD TARGET_FOLDER...

Cargo tells by a file's time whether it has changed since it was compiled. In a new clone every file
is new, so all would be compiled again, and a file of a clone that is older than another clone's
build would pass for compiled. So each file gets the time at which its content was first seen, which
RECORD keeps: where the content is what it was, nothing is compiled, and where it is not, the time is
now.

That holds only as long as all builds are known: where one is younger than RECORD, every file is taken
for changed. So this is run before what compiles, and after it, when files that were written in the
meantime count as changed. What a compiled part knows of the former clone's place is wrong in this
one, so such parts are forgotten.
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path.cwd()
# What is generated, and compiled in.
GENERATED = ("ui/dist", "ui/dist-report")


def sources():
    """The files that Cargo may look at, by their path in the clone."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], capture_output=True
    )
    if listed.returncode == 0:
        names = os.fsdecode(listed.stdout).split("\0")
        files = {Path(name) for name in names if name and os.path.isfile(name)}
    else:
        apart = {".git", "node_modules", "target"}
        files = {
            Path(folder, name).relative_to(ROOT)
            for folder, folders, names in os.walk(ROOT)
            if not folders.__setitem__(slice(None), [it for it in folders if it not in apart])
            for name in names
        }
    for folder in GENERATED:
        files.update(path.relative_to(ROOT) for path in (ROOT / folder).rglob("*") if path.is_file())
    return sorted(files)


def digests(files):
    """What tells whether a file, or the list of a folder's files, is what it was."""
    found, folders = {}, {}
    for path in files:
        found[str(path)] = hashlib.sha256(path.read_bytes()).hexdigest()
        for above in path.parents:
            folders.setdefault(str(above), set()).add(str(path.relative_to(above).parts[0]))
    # Folders last: to touch a file leaves its folder's time alone.
    for folder, names in folders.items():
        found[folder] = hashlib.sha256("\0".join(sorted(names)).encode()).hexdigest()
    return found


def units(target):
    """The folders in which Cargo keeps what it knows of the workspace's own parts."""
    for depth in ("*", "*/*", "*/*/*"):
        yield from target.glob(f"{depth}/.fingerprint/waterskin*")


def all_builds_known(record, targets):
    if not record.exists():
        return False
    recorded = record.stat().st_mtime_ns
    return all(
        file.stat().st_mtime_ns <= recorded
        for target in targets
        for unit in units(target)
        for file in unit.iterdir()
    )


def forget_the_former_place(target):
    owner = target / ".waterskin-clone"
    former = owner.read_text().strip() if owner.exists() else str(ROOT)
    if former != str(ROOT):
        place = former.encode() + b"/"
        for unit in units(target):
            profile, (name, mark) = unit.parent.parent, unit.name.rsplit("-", 1)
            # What Cargo looks at, and what the compiler put in.
            notes = list(unit.glob("dep-*"))
            inputs = [*(profile / "deps").glob(f"*-{mark}.d")]
            if any(place in note.read_bytes() for note in notes) or any(
                b"env-dep:CARGO_MANIFEST_DIR=" in note.read_bytes() for note in inputs
            ):
                shutil.rmtree(unit)
    target.mkdir(parents=True, exist_ok=True)
    owner.write_text(f"{ROOT}\n")


def recorded(record):
    try:
        return json.loads(record.read_text())
    except (OSError, ValueError):
        return {}


def main(when, record, targets):
    if when == "after":
        known = {
            path: old
            for path, old in recorded(record).items()
            if os.path.exists(path) and os.stat(path).st_mtime_ns == old[1]
        }
    else:
        known = recorded(record) if all_builds_known(record, targets) else {}
    now, times = time.time_ns(), {}
    for path, digest in digests(sources()).items():
        old = known.get(path)
        times[path] = old if old and old[0] == digest else [digest, now]
        os.utime(path, ns=(times[path][1], times[path][1]))
    for target in targets:
        forget_the_former_place(target)
    record.parent.mkdir(parents=True, exist_ok=True)
    fresh = record.with_name(f"{record.name}.new")
    fresh.write_text(json.dumps(times))
    fresh.replace(record)


main(sys.argv[1], Path(sys.argv[2]), [Path(target) for target in sys.argv[3:]])
