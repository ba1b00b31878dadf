"""The folder of the socket: made by this launch, entered by this user only."""

import os

from .failure import Failure


def refuse_existing(path):
    """Fails if the folder of the socket at `path` exists: it is somebody else's then."""
    folder = os.path.dirname(path)
    if os.path.lexists(folder):
        raise Failure(f"could not make the folder `{folder}`", "it exists already")


def make(path):
    """Makes the folder of the socket at `path`, for this user only."""
    folder = os.path.dirname(path)
    try:
        os.mkdir(folder, 0o700)
    except OSError as error:
        raise Failure(
            f"could not make the folder `{folder}`", error.strerror
        ) from error
