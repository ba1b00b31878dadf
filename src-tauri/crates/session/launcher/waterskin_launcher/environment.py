"""The interpreter as the app finds it: its path, arguments, streams and certificates."""

import os
import sys


def prepare(spec, launcher):
    """Makes `sys` as `streamlit run` has it when it imports Streamlit, without `launcher`."""
    _admit_packages(spec.site_packages)
    sys.path[:] = [entry for entry in sys.path if not _same(entry, launcher)]
    sys.argv = [spec.script, *spec.arguments]
    _use_utf8()
    if spec.site_packages:
        _forget_certificates_of_nowhere()
    _find_certificates()
    _rest_idle_threads()


def _admit_packages(directories):
    """Adds folders of packages as `site` does, `.pth` files included, and their commands.

    A payload's interpreter finds its packages by itself.
    """
    import site

    folders = []
    for directory in directories:
        if not any(_same(entry, directory) for entry in sys.path):
            site.addsitedir(directory)
        commands = os.path.join(directory, "bin")
        if os.path.isdir(commands):
            folders.append(commands)
    if directories:
        # As in a virtual environment that is activated: `python` is this one, too.
        folders.append(os.path.dirname(sys.executable))
        # An empty one would have programs looked for in the current folder.
        path = os.environ.get("PATH") or os.defpath
        os.environ["PATH"] = os.pathsep.join([*folders, path])


def admit_project(spec):
    """Puts the project on the path, once Streamlit is there.

    The script's folder comes first, as `streamlit run` has it (1.40 to 1.67,
    `web/bootstrap.py`, `_fix_sys_path`). The project's own comes last: `python -m streamlit run`
    in it has it on the path too, and there it must hide nothing.
    """
    sys.path.insert(0, os.path.dirname(spec.script))
    if not any(_same(entry, spec.root) for entry in sys.path):
        sys.path.append(spec.root)
    _follow_copy(spec)
    sys.meta_path.insert(0, _NotTheScript(spec.script))


def _follow_copy(spec):
    """Has the app's own packages be found where the app runs, which may be a copy of its files.

    `.pth` files in a payload's packages lead to them in the payload.
    """
    # What the app starts does the same by its own `.pth` file (`runtime/site.rs`).
    packed = os.path.join(os.path.dirname(sys.base_prefix), "app")
    if os.path.isdir(packed) and not _same(packed, spec.root):
        os.environ["WATERSKIN_COPY"] = f"{packed}\n{spec.root}"
    else:
        os.environ.pop("WATERSKIN_COPY", None)
    for directory in spec.site_packages:
        app = os.path.realpath(os.path.join(os.path.dirname(directory), "app"))
        if not os.path.isdir(app) or _same(app, spec.root):
            continue
        for index, entry in enumerate(sys.path):
            inside = os.path.relpath(os.path.realpath(entry), app) if entry else os.pardir
            if inside.split(os.sep)[0] != os.pardir and not os.path.isabs(inside):
                sys.path[index] = os.path.normpath(os.path.join(spec.root, inside))


class _NotTheScript:
    """Has the script never hide a module of its name: `import random` in `random.py`.

    Streamlit and packages import modules while the script runs, when its folder is first.
    """

    def __init__(self, script):
        self._folder = os.path.dirname(script)
        self._name = os.path.splitext(os.path.basename(script))[0]

    def find_spec(self, name, path=None, target=None):
        if name != self._name or path is not None:
            return None
        from importlib.machinery import PathFinder

        others = [entry for entry in sys.path if not _same(entry, self._folder)]
        return PathFinder.find_spec(name, others)


def _same(entry, directory):
    return bool(entry) and os.path.realpath(entry) == os.path.realpath(directory)


def _use_utf8():
    """The shell reads UTF-8. A `print` must not fail because of the user's locale."""
    for stream in (sys.stdout, sys.stderr):
        if stream is not None and stream.encoding.lower().replace("-", "") != "utf8":
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")


def _forget_certificates_of_nowhere():
    """Takes out variables that lead to no certificates: with them, nothing on the network is trusted."""
    for name in ("SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        if not os.path.exists(os.environ.get(name, os.curdir)):
            del os.environ[name]


def _find_certificates():
    """Points to `certifi`'s certificates where the machine has none.

    A relocated OpenSSL looks for them where they were on the build machine. What the
    machine has goes first: only there are the authorities of its own network.
    """
    import ssl

    if os.environ.get("SSL_CERT_FILE"):
        return
    paths = ssl.get_default_verify_paths()
    if paths.cafile or (paths.capath and os.listdir(paths.capath)):
        return
    try:
        import certifi
    except ImportError:
        return
    os.environ["SSL_CERT_FILE"] = certifi.where()


def _rest_idle_threads():
    """Has the threads of numpy's OpenBLAS wait for half a millisecond only before they sleep.

    Each spins for 2^26 ticks of the processor's clock from the import on, and after each use:
    with two processors, a tenth of what importing pandas takes.
    """
    os.environ.setdefault("OPENBLAS_THREAD_TIMEOUT", "20")
