"""What the two wheels have of the workspace: its version, and a finished program for one system.

`scripts/release` names the program in `WATERSKIN_PROGRAM`, one that stands beside it in `WATERSKIN_BESIDE`, the wheel's tag in `WATERSKIN_TAG`, and the
file that says what the program is made of in `WATERSKIN_SBOM` (PEP 770).
"""

import os
import tomllib
from pathlib import Path

from hatchling.builders.hooks.plugin.interface import BuildHookInterface
from hatchling.metadata.plugin.interface import MetadataHookInterface

WORKSPACE = Path(__file__).resolve().parents[2]


class Version(MetadataHookInterface):
    def update(self, metadata):
        package = tomllib.loads((WORKSPACE / "Cargo.toml").read_text("utf-8"))["workspace"]["package"]
        metadata["version"] = package["version"]
        metadata["license"] = package["license"]
        # The command takes the program of its own version, and no other.
        metadata["dependencies"] = [
            f"{name}=={package['version']}" if name.startswith("waterskin") else name
            for name in self.config.get("needs", [])
        ]


class Program(BuildHookInterface):
    def initialize(self, version, build_data):
        program = Path(os.environ["WATERSKIN_PROGRAM"])
        build_data["pure_python"] = False
        build_data["tag"] = os.environ["WATERSKIN_TAG"]
        programs = [program] + [Path(path) for path in [os.environ.get("WATERSKIN_BESIDE")] if path]
        build_data["shared_scripts"] = {str(path): path.name for path in programs}
        build_data["sbom_files"].append(os.environ["WATERSKIN_SBOM"])
        for name in ("LICENSE-APACHE", "LICENSE-MIT"):
            build_data["extra_metadata"][str(WORKSPACE / name)] = name


def get_build_hook():
    return Program


def get_metadata_hook():
    return Version
