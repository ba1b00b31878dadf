from importlib.metadata import version
from pathlib import Path

__version__ = version("sun-times")

# Beside the module, and above the package.
TOWNS = (Path(__file__).parent / "towns.csv").read_text(encoding="utf-8").split()
HOURS = (Path(__file__).parents[2] / "data" / "hours.txt").read_text(encoding="utf-8").split()


def main():
    print(__version__, *TOWNS)
