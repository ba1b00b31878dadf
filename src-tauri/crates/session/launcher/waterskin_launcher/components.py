"""Finds the components that installed packages declare, without reading through all of them.

At its start Streamlit looks for them (1.51 to 1.67, `components/v2/manifest_scanner.py`).
It parses the metadata of each package up to five times, and all of Streamlit's own list
of files: with thirty packages a tenth of a second, before the app answers.
"""


def find_quickly():
    """Has Streamlit look closely only where a component can be."""
    try:
        from streamlit.components.v2 import manifest_scanner as scanner

        likely = scanner._is_likely_streamlit_component_package
        process = scanner._process_single_package
        scanner.scan_component_manifests  # noqa: B018
    except (ImportError, AttributeError):
        return  # this version has none, or has them otherwise: it looks by itself

    def scan(max_workers=None):
        from importlib.metadata import distributions

        found = (
            process(it) for it in distributions() if _can_have_any(it) and likely(it)
        )
        return [it for it in found if it]

    scanner.scan_component_manifests = scan


def _can_have_any(distribution):
    """Whether a component can be declared: in a `pyproject.toml` among the package's files."""
    try:
        files = distribution.read_text("RECORD")
    except UnicodeDecodeError:
        return True
    if files is None or "pyproject.toml" in files:
        return True
    # What is installed from a project's own folder has its files there.
    return distribution.read_text("direct_url.json") is not None
