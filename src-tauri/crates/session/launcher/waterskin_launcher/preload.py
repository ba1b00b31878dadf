"""Imports the app's big modules while the window is still starting."""

import importlib
import threading


def start(modules):
    """Imports `modules` one after another on a thread of its own.

    A module that cannot be imported is left to the script, which may never need it
    and otherwise reports the error where people look for it.
    """
    if modules:
        thread = threading.Thread(target=_import_all, args=[modules], daemon=True)
        thread.name = "waterskin-preload"
        thread.start()


def _import_all(modules):
    for module in modules:
        try:
            importlib.import_module(module)
        except BaseException:  # a module may well raise `SystemExit`
            pass
