"""Which distribution has brought a module that lacks what code takes from it."""

import re
import sys

_FROM = re.compile(r"cannot import name '(\w+)' from (?:partially initialized module )?'([\w.]+)'")
_OF_MODULE = re.compile(r"module '([\w.]+)' has no attribute '(\w+)'")
_PICKLED = re.compile(r"Can't get attribute '([\w.]+)' on <module '([\w.]+)'")


def gone(error):
    """What `error` says is not there, as a dotted name, with what brought what is around it.

    `None` where it is something else, or the module is the app's own. For a module of Python's
    library, the distribution is `Python`.
    """
    name = _missed(error)
    if name is None:
        return None
    found = _brought(name.split(".")[0])
    if found is None:
        return None
    return {"module": name, "distribution": found[0], "version": found[1]}


def _missed(error):
    if isinstance(error, ModuleNotFoundError):
        # Of a module that is there, a part is not.
        inner = error.name and "." in error.name
        return error.name if inner else None
    text = str(error)
    if isinstance(error, ImportError):
        match = _FROM.match(text)
        return match and f"{match[2]}.{match[1]}"
    if not isinstance(error, AttributeError):
        return None
    match = _OF_MODULE.match(text)
    if match:
        return f"{match[1]}.{match[2]}"
    match = _PICKLED.match(text)
    if match:
        return f"{match[2]}.{match[1]}"
    # From Python 3.10 on an error has the object, where Python itself found nothing in it.
    name, thing = getattr(error, "name", None), getattr(error, "obj", None)
    if not name or thing is None:
        return None
    kind = thing if isinstance(thing, type) else type(thing)
    module = kind.__module__.split(".")[0]
    if module in sys.stdlib_module_names:
        return None
    return f"{module}.{kind.__qualname__}.{name}"


def _brought(top):
    if top in sys.stdlib_module_names:
        return "Python", "%d.%d" % sys.version_info[:2]
    from importlib import metadata

    # Where several share a name, such as `google`, it can't be told.
    names = set(metadata.packages_distributions().get(top, ()))
    if len(names) != 1:
        return None
    name = names.pop()
    return name, metadata.version(name)
