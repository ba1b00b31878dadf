"""The command `waterskin`, as a program beside this interpreter."""

import sys
import sysconfig
from pathlib import Path


def find():
    """The path of the program.

    Raises FileNotFoundError where the package was installed without its programs.
    """
    name = "waterskin.exe" if sys.platform == "win32" else "waterskin"
    # An environment's own folder; that of `pip install --user`; and of `--target`, beside the package.
    user = sysconfig.get_preferred_scheme("user")
    folders = [
        Path(sysconfig.get_path("scripts")),
        Path(sysconfig.get_path("scripts", user)),
        Path(__file__).resolve().parent.parent / "bin",
    ]
    for folder in folders:
        if (folder / name).is_file():
            return folder / name
    places = ", ".join(f"`{folder}`" for folder in folders)
    raise FileNotFoundError(f"there is no `{name}` in {places}")
