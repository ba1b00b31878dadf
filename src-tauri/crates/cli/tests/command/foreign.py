"""Makes what a build for other systems takes from elsewhere, small: Pythons as uv fetches them, and wheels.

`foreign.py pythons FOLDER VERSION` prints the address of a list of Pythons for `UV_PYTHON_DOWNLOADS_JSON_URL`.
`foreign.py wheel FOLDER NAME VERSION TAG FILE... [-- REQUIREMENT...]` writes a wheel; a file `NAME=TEXT` has this text.
"""

import base64
import hashlib
import io
import json
import sys
import tarfile
import zipfile
from pathlib import Path


# uv refuses a file without this beginning.
VARIABLES = b"# system configuration generated and used by the sysconfig module\nbuild_time_vars = {}\n"


def archive(folder, name, files, links):
    path = folder / f"{name}.tar.gz"
    with tarfile.open(path, "w:gz") as tar:
        for file, (text, mode) in files.items():
            info = tarfile.TarInfo(f"python/{file}")
            info.size, info.mode = len(text), mode
            tar.addfile(info, io.BytesIO(text))
        for link, target in links.items():
            info = tarfile.TarInfo(f"python/{link}")
            info.type, info.linkname = tarfile.SYMTYPE, target
            tar.addfile(info)
    return path


def pythons(folder, version):
    """As the standalone builds are laid out."""
    folder.mkdir(parents=True, exist_ok=True)
    minor = ".".join(version.split(".")[:2])
    library = {"os.py": b"import sys\n", "encodings/__init__.py": b"", "test/big.py": b"x = 1\n"}
    windows = {f"Lib/{file}": (text, 0o644) for file, text in library.items()}
    windows |= {name: (b"MZ", 0o644) for name in ("python.exe", "python3.dll", "DLLs/_ssl.pyd", "DLLs/_tkinter.pyd")}
    windows |= {"Scripts/pip.exe": (b"MZ", 0o644), "libs/python3.lib": (b"x", 0o644)}
    mac = {f"lib/python{minor}/{file}": (text, 0o644) for file, text in library.items()}
    mac |= {
        f"lib/python{minor}/_sysconfigdata__darwin_darwin.py": (VARIABLES, 0o644),
        f"lib/libpython{minor}.dylib": (b"\xcf\xfa\xed\xfe", 0o755),
        f"bin/python{minor}": (b"\xcf\xfa\xed\xfe", 0o755),
        "bin/pip3": (b"#!/bin/sh\n", 0o755),
    }
    table = {}
    for system, family, files, links in (
        ("windows", "x86_64", windows, {}),
        ("darwin", "aarch64", mac, {"bin/python3": f"python{minor}"}),
    ):
        key = f"cpython-{version}-{system}-{family}-none"
        path = archive(folder, key, files, links)
        numbers = dict(zip(("major", "minor", "patch"), map(int, version.split("."))))
        table[key] = numbers | {
            "name": "cpython",
            "arch": {"family": family, "variant": None},
            "os": system,
            "libc": "none",
            "prerelease": "",
            "url": path.as_uri(),
            "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
            "variant": None,
            "build": "20260101",
        }
    listed = folder / "pythons.json"
    listed.write_text(json.dumps(table), "utf-8")
    print(listed.as_uri())


def wheel(folder, name, version, tag, *words):
    folder.mkdir(parents=True, exist_ok=True)
    words = list(words)
    cut = words.index("--") if "--" in words else len(words)
    files = dict(word.partition("=")[::2] for word in words[:cut])
    info = f"{name}-{version}.dist-info"
    needs = "".join(f"Requires-Dist: {word}\n" for word in words[cut + 1 :])
    files[f"{info}/METADATA"] = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n{needs}"
    files[f"{info}/WHEEL"] = f"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: {tag}\n"

    def line(file, text):
        digest = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()
        return f"{file},sha256={digest},{len(text.encode())}\n"

    record = "".join(line(*item) for item in files.items()) + f"{info}/RECORD,,\n"
    with zipfile.ZipFile(folder / f"{name}-{version}-{tag}.whl", "w") as archive:
        for file, text in (files | {f"{info}/RECORD": record}).items():
            archive.writestr(file, text)


{"pythons": pythons, "wheel": wheel}[sys.argv[1]](Path(sys.argv[2]), *sys.argv[3:])
