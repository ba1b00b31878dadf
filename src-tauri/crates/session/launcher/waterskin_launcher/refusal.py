"""Says at the page why a file of the installed app can't be written."""

import errno
import os

REFUSED = {errno.EACCES, errno.EPERM, errno.EROFS}

_WHY = "the installed app can't be written to: data belongs below WATERSKIN_DATA_DIR"


def explain(folder):
    """Has each such error in `folder` say so. An exception that led to another is said too."""
    from . import uncaught

    folder = os.path.join(os.path.realpath(folder), "")

    def look(error):
        path = getattr(error, "filename", None)
        refused = isinstance(error, OSError) and error.errno in REFUSED
        if refused and isinstance(path, (str, bytes)):
            if os.path.realpath(os.fsdecode(path)).startswith(folder):
                error.strerror = f"{error.strerror} ({_WHY})"

    uncaught.watch(look)
