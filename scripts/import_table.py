#!/usr/bin/env python3
"""Makes the table from which `waterskin build` takes the names of packages that nobody listed.

    python3 scripts/import_table.py --ranks RANKS.tsv --contents CONTENTS... > src-tauri/crates/project/data/imports.tsv

A line of the result is a module and the distribution that brings it. What it is made from, in this order:

1. data/imports_by_hand.tsv: choices that somebody made, with the reason.
2. Debian's lists of files (Contents-all, Contents-amd64 of `sid`, unpacked or in .gz): which modules stand in
   one package with which distribution's metadata. `apt-file update` leaves these lists in /var/lib/apt/lists,
   where `/usr/lib/apt/apt-helper cat-file FILE` unpacks them. Only distributions among the index's 15000 most
   downloaded count, so that no name of Debian's alone leads to somebody else's package there.
3. The 5000 most downloaded distributions whose module has the distribution's own name, as is usual.

RANKS.tsv has a distribution's name and its place among the most downloaded in each line, and is dated. A module that several
distributions bring comes from the one of its own name, or else from none: it is asked for.
"""

import argparse
import datetime
import gzip
import pathlib
import re
import sys

DATA = pathlib.Path(__file__).resolve().parent.parent / "src-tauri/crates/project/data"
PLACE = "usr/lib/python3/dist-packages/"
SEEN, NAMED = 15000, 5000
MODULE = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
# Distributions that are stubs, plugins or parts, or whose modules stand in a namespace.
NO_MODULE = re.compile(
    r"(types|nvidia|apache-airflow|opentelemetry|google-cloud|azure|pytest|mypy-boto3|dbt|tree-sitter|alibabacloud"
    r"|aliyun|microsoft|backports|jaraco|zope|sphinxcontrib|robotframework|pulumi|pyobjc|llama-index|aws-cdk|livekit-plugins|flake8"
    r"|comfyui|databricks-pypi|pinecone-plugin|jax-cuda\d*|tensorflow-io|mkdocs|python|django)-.*"
    r"|.*-(stubs|cu\d+|cuda\d+x?|nightly|bin|binary|binaries|gpu|skinny|slim)"
)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--ranks", type=pathlib.Path, required=True)
    arguments.add_argument("--contents", type=pathlib.Path, nargs="+", required=True)
    given = arguments.parse_args()
    ranks = read_ranks(given.ranks)
    table = made(by_hand(), read_contents(given.contents), ranks)
    date = datetime.date.fromtimestamp(given.ranks.stat().st_mtime)
    print(f"# Module and distribution, {date}; made by scripts/import_table.py, which says of what.")
    for module in sorted(table):
        print(f"{module}\t{table[module]}")


def normalised(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def by_hand() -> "dict[str, str]":
    lines = (DATA / "imports_by_hand.tsv").read_text(encoding="utf-8").splitlines()
    return {line.split("\t")[0]: line.split("\t")[1] for line in lines if not line.startswith("#")}


def read_ranks(file: pathlib.Path) -> "dict[str, int]":
    rows = (line.rstrip("\n").split("\t") for line in file.open(encoding="utf-8"))
    return {normalised(row[0]): int(row[1]) for row in rows if row[1].isdigit() and int(row[1]) > 0}


def read_contents(files: "list[pathlib.Path]") -> "dict[str, set[str]]":
    """Top-level modules of each distribution, where a package has one distribution's metadata alone."""
    packages: "dict[str, tuple[set[str], set[str]]]" = {}
    for file in files:
        opened = gzip.open if file.suffix == ".gz" else open
        with opened(file, "rt", encoding="utf-8", errors="replace") as lines:
            for line in lines:
                if line.startswith(PLACE):
                    path, owners = line.rstrip("\n").rsplit(None, 1)
                    for owner in owners.split(","):
                        note(path[len(PLACE):], packages.setdefault(owner.rsplit("/")[-1], (set(), set())))
    found: "dict[str, set[str]]" = {}
    for distributions, modules in packages.values():
        if len(distributions) == 1:
            found.setdefault(next(iter(distributions)), set()).update(modules)
    return found


def note(path: str, package: "tuple[set[str], set[str]]") -> None:
    distributions, modules = package
    first, _, rest = path.partition("/")
    if first.endswith((".dist-info", ".egg-info")):
        distributions.add(normalised(first.rsplit(".", 1)[0].split("-")[0]))
    elif rest and not rest.endswith((".py", ".so")):
        return
    elif rest or first.endswith((".py", ".so")):
        modules.add(first.split(".")[0])


def made(chosen: "dict[str, str]", seen: "dict[str, set[str]]", ranks: "dict[str, int]") -> "dict[str, str]":
    brought: "dict[str, set[str]]" = {}
    for distribution, modules in seen.items():
        if ranks.get(distribution, SEEN + 1) <= SEEN:
            for module in modules:
                brought.setdefault(module, set()).add(distribution)
    table = {}
    for module, distributions in brought.items():
        own = normalised(module)
        if own in distributions:
            table[module] = own
        elif len(distributions) == 1:
            table[module] = next(iter(distributions))
    for distribution, rank in ranks.items():
        module = distribution.replace("-", "_")
        if rank <= NAMED and distribution not in seen and not NO_MODULE.fullmatch(distribution):
            table.setdefault(module, distribution)
    table = {
        module: distribution
        for module, distribution in table.items()
        if MODULE.fullmatch(module) and module not in sys.stdlib_module_names and module not in chosen
    }
    table.update({module: distribution for module, distribution in chosen.items() if distribution != "-"})
    return table


if __name__ == "__main__":
    main()
