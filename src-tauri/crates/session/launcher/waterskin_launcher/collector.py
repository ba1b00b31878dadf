"""Python's collector of reference cycles, which has next to nothing to find while modules are
imported: with pandas and Altair it takes a fifth of the time to look."""

import gc
import os
import threading

# By then nobody waits for the first page.
_QUIET_SECONDS = 10


def pause():
    """Has nothing collected until `resume`, but in children that are forked meanwhile."""
    gc.disable()
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=gc.enable)


def resume():
    """Has the collector go on without looking through everything at once.

    What is there waits `_QUIET_SECONDS` and is then as old as anything: the app's script may
    have begun, and have left cycles.
    """
    gc.freeze()
    gc.enable()
    timer = threading.Timer(_QUIET_SECONDS, gc.unfreeze)
    timer.daemon = True
    timer.name = "waterskin-collector"
    timer.start()
