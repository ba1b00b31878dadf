"""Looks at the exceptions that no page of the app catches, before Streamlit shows them.

From 1.57 on Streamlit logs each by a function of its own; before, one handles all of it, and
the modules that use it have it by name (1.40 to 1.67, `error_util.py`).
"""

import sys

_MODULES = ("error_util", "runtime.scriptrunner.exec_code", "runtime.fragment")


def watch(look):
    """Calls `look` with each of them."""
    from streamlit import error_util

    name = "_log_uncaught_app_exception"
    if not hasattr(error_util, name):
        name = "handle_uncaught_app_exception"
    handle = getattr(error_util, name)

    def look_and_handle(error, *more, **named):
        # Whatever an exception is, Streamlit's own handling goes on.
        try:
            look(error)
        except Exception:
            pass
        return handle(error, *more, **named)

    for module in _MODULES:
        module = sys.modules.get("streamlit." + module)
        if getattr(module, name, None) is handle:
            setattr(module, name, look_and_handle)
