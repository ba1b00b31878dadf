"""Makes Cargo's target folders this clone's: own_target.py before|after RECORD TARGET_FOLDER...

Cargo tells by a file's time whether it has changed since it was compiled. In a new clone every file
is new, so all would be compiled again, and a file of a clone that is older than another clone's
build would pass for compiled. So each file gets the time at which its content was first seen, which
RECORD keeps: where the content is what it was, nothing is compiled, and where it is not, the time is
now.

That holds only as long as all builds are known: where one is younger than RECORD, every file is taken
for changed. So this is run before what compiles, and after it, when files that were written in the
meantime count as changed. What Cargo noted of files at the former clone's place is said of this
one's. What the compiler put in of that place is wrong in this one, so such parts are forgotten.
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


def moved(note, former, place):
    """What Cargo noted of the files that a part is made of, at another place; None where it is not in
    the form that is known here (Cargo 1.95, `fingerprint/dep_info.rs`): before each path is its
    length, in four bytes."""
    made, done = b"", 0
    while (at := note.find(former, done)) != -1:
        length = int.from_bytes(note[at - 4 : at], "little")
        path = note[at : at + length]
        if at - 4 < done or len(path) < length or min(path, default=0) < ord(" "):
            return None
        path = place + path[len(former) :]
        made += note[done : at - 4] + len(path).to_bytes(4, "little") + path
        done = at + length
    return made + note[done:]


def take_over(unit, former, place):
    """Has a part of the former clone's be one of this clone's, or forgets it."""
    profile, mark = unit.parent.parent, unit.name.rsplit("-", 1)[1]
    inputs = (profile / "deps").glob(f"*-{mark}.d")
    notes = {note: moved(note.read_bytes(), former, place) for note in unit.glob("dep-*")}
    put_in = any(b"env-dep:CARGO_MANIFEST_DIR=" in file.read_bytes() for file in inputs)
    if put_in or None in notes.values():
        shutil.rmtree(unit)
        return
    for note, text in notes.items():
        if text != note.read_bytes():
            # It has the time at which the part was compiled.
            times = note.stat()
            note.write_bytes(text)
            os.utime(note, ns=(times.st_atime_ns, times.st_mtime_ns))


def take_over_all(target):
    owner = target / ".waterskin-clone"
    former = owner.read_text().strip() if owner.exists() else str(ROOT)
    if former != str(ROOT):
        for unit in units(target):
            take_over(unit, former.encode() + b"/", str(ROOT).encode() + b"/")
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
        take_over_all(target)
    record.parent.mkdir(parents=True, exist_ok=True)
    fresh = record.with_name(f"{record.name}.new")
    fresh.write_text(json.dumps(times))
    fresh.replace(record)


main(sys.argv[1], Path(sys.argv[2]), [Path(target) for target in sys.argv[3:]])
