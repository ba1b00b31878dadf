"""`python -m waterskin` is `waterskin`."""

import os
import subprocess
import sys

from waterskin import find


def main():
    try:
        program = os.fspath(find())
    except FileNotFoundError as error:
        sys.exit(f"error: could not start waterskin: {error}\nhint: install it again with `pip install --force-reinstall waterskin`")
    arguments = [program, *sys.argv[1:]]
    if sys.platform == "win32":
        # There, a program that is replaced leaves its console to the next one that asks.
        sys.exit(subprocess.run(arguments).returncode)
    os.execv(program, arguments)


main()
