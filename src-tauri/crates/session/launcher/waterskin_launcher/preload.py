"""Imports the app's big modules while the window is still starting."""

import importlib
import threading


def start(modules, then):
    """Imports `modules` one after another on a thread of its own, and calls `then`.

    A module that cannot be imported is left to the script, which may never need it
    and otherwise reports the error where people look for it.
    """
    thread = threading.Thread(target=_import_all, args=[modules, then], daemon=True)
    thread.name = "waterskin-preload"
    thread.start()


def _import_all(modules, then):
    for module in modules:
        try:
            importlib.import_module(module)
        except BaseException:  # a module may well raise `SystemExit`
            pass
    then()
