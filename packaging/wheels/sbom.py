"""Writes what a program of the workspace is made of, as CycloneDX: `sbom.py PACKAGE FILE.cdx.json`.

What Cargo compiles into it for this system, and the packages of `ui/` that are in the shell's screens.
The same lock files and the same `SOURCE_DATE_EPOCH` give the same bytes.
"""

import datetime
import hashlib
import json
import os
import subprocess
import sys
import uuid
from pathlib import Path

WORKSPACE = Path(__file__).resolve().parents[2]


def crates(package):
    """The package itself, and all crates that are compiled into it."""
    host = subprocess.run(["rustc", "-vV"], check=True, capture_output=True, text=True).stdout
    triple = next(line.split()[1] for line in host.splitlines() if line.startswith("host:"))
    command = ["cargo", "metadata", "--format-version=1", "--locked", f"--filter-platform={triple}"]
    told = subprocess.run(command, check=True, capture_output=True, cwd=WORKSPACE)
    metadata = json.loads(told.stdout)
    known = {one["id"]: one for one in metadata["packages"]}
    nodes = {one["id"]: one for one in metadata["resolve"]["nodes"]}
    members = set(metadata["workspace_members"])
    root = next(key for key in members if known[key]["name"] == package)
    edges, waiting = {}, [root]
    while waiting:
        at = waiting.pop()
        if at in edges:
            continue
        # Neither what tests nor what build scripts need is in the program.
        kinds = lambda one: {kind["kind"] for kind in one["dep_kinds"]}  # noqa: E731
        edges[at] = [one["pkg"] for one in nodes[at]["deps"] if None in kinds(one)]
        waiting.extend(edges[at])
    return known, root, edges, members


def licences(text):
    # Some old crates write a slash for `OR`.
    return [{"expression": text.replace("/", " OR ")}] if text else []


def crate(one, own):
    kind = "application" if own else "library"
    made = {
        "type": kind,
        "bom-ref": f"pkg:cargo/{one['name']}@{one['version']}",
        "name": one["name"],
        "version": one["version"],
        "licenses": licences(one["license"]),
        "purl": f"pkg:cargo/{one['name']}@{one['version']}",
    }
    return {key: value for key, value in made.items() if value}


def screens():
    """The packages that the shell's screens are built from."""
    lock = json.loads((WORKSPACE / "ui/package-lock.json").read_text("utf-8"))
    for place, one in lock["packages"].items():
        if not place or one.get("dev") or one.get("optional"):
            continue
        name = place.rpartition("node_modules/")[2]
        purl = f"pkg:npm/{name.replace('@', '%40')}@{one['version']}"
        licence = licences(one.get("license"))
        made = {"type": "library", "bom-ref": purl, "name": name, "version": one["version"]}
        yield made | ({"licenses": licence} if licence else {}) | {"purl": purl}


def document(package):
    known, root, edges, members = crates(package)
    reference = {key: crate(known[key], False)["bom-ref"] for key in edges}
    components = [crate(known[key], False) for key in edges if key != root]
    if package == "waterskin-shell":
        components.extend(screens())
    components.sort(key=lambda one: one["bom-ref"])
    dependencies = [
        {"ref": reference[key], "dependsOn": sorted({reference[one] for one in all_of})}
        for key, all_of in edges.items()
    ]
    dependencies.sort(key=lambda one: one["ref"])
    digest = hashlib.sha256(json.dumps([components, dependencies], sort_keys=True).encode()).hexdigest()
    time = int(os.environ.get("SOURCE_DATE_EPOCH", "0"))
    stamp = datetime.datetime.fromtimestamp(time, datetime.timezone.utc)
    return {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        # Of the content, so that it is the same for the same program.
        "serialNumber": f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, digest)}",
        "version": 1,
        "metadata": {
            "timestamp": stamp.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "component": crate(known[root], True),
        },
        "components": components,
        "dependencies": dependencies,
    }


if __name__ == "__main__":
    package, file = sys.argv[1:]
    text = json.dumps(document(package), indent=1, ensure_ascii=False)
    Path(file).write_text(text + "\n", encoding="utf-8", newline="\n")
