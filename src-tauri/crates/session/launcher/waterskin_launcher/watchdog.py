"""A tiny process that ends the app when the shell or the app's main process is gone.

The main process cannot do this itself: it may be stopped, or be in C code that
keeps the interpreter lock. So the watchdog is a process of its own, forked twice
(the app never sees a child that it did not start), in its own process group but in
the app's session. It waits for one of two facts, with no timer:

- the terminal hangs up: the shell held the other end, so the shell is dead;
- the pipe from the main process closes: the main process is dead.

Then it ends every process of the session and removes the socket.
"""

import os
import select
import signal
import stat

from .failure import Failure

# Written to the pipe when the folder of the socket turns out to be somebody else's.
_DISOWNED = b"d"

_IGNORED = ("SIGHUP", "SIGINT", "SIGTERM", "SIGQUIT", "SIGTTIN", "SIGTTOU", "SIGTSTP")

# Killed processes are gone within milliseconds, except in uninterruptible sleep, and
# the signal waits for those. A group also counts dead members that nobody has reaped.
_ROUNDS = 60
_ROUND_MILLISECONDS = 5


class Watchdog:
    """The main process's end of the pipe."""

    def __init__(self, pipe):
        self._pipe = pipe
        # A child that was forked without exec would hold the pipe open for as long
        # as it lives, and hide the death of the main process.
        os.register_at_fork(after_in_child=self._close)

    def disown_folder(self):
        """The folder of the socket must not be removed at the end after all."""
        os.write(self._pipe, _DISOWNED)

    def _close(self):
        if self._pipe is not None:
            os.close(self._pipe)
            self._pipe = None


def start(socket):
    """Forks the watchdog. To be called before threads exist and big modules are loaded.

    `socket`: path of the socket to remove at the end together with its folder, which
    must not exist yet, or None. Raises `Failure` when the system refuses a pipe or a
    process.
    """
    try:
        reading, writing = os.pipe()
        # No signal may reach the copies before they ignore it.
        signals = {getattr(signal, name) for name in _IGNORED}
        previous = signal.pthread_sigmask(signal.SIG_BLOCK, signals)
        try:
            middle = os.fork()
            if middle == 0:
                _become_watchdog(reading, previous, socket)
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, previous)
        os.close(reading)
        os.waitpid(middle, 0)
    except OSError as error:
        raise Failure("could not start the watchdog", error.strerror) from error
    return Watchdog(writing)


def _become_watchdog(reading, mask, socket):
    """Runs in the first fork and never returns."""
    try:
        main = os.getppid()
        for name in _IGNORED:
            signal.signal(getattr(signal, name), signal.SIG_IGN)
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        # Of a session or group that the main process does not lead, the rest
        # belongs to whoever started us and is not ours to end.
        session = os.getsid(0) == main
        group = os.getpgrp() == main
        if os.fork() == 0:
            os.setpgid(0, 0)
            terminal = _is_device(0)
            _close_all_but({0, reading} if terminal else {reading})
            os.chdir("/")
            owned, hung_up = _wait(reading, terminal)
            if session or group:
                _end_all(main, session)
            elif hung_up:
                _kill(os.kill, main)
            if owned and socket is not None:
                _remove(socket)
    finally:
        os._exit(0)


def _is_device(descriptor):
    """Whether it may be a terminal. One that has hung up already no longer says so."""
    try:
        return stat.S_ISCHR(os.fstat(descriptor).st_mode)
    except OSError:
        return False


def _close_all_but(kept):
    # A chroot may have neither folder; then the numbers that are likely are closed.
    names = _names_in("/proc/self/fd") or _names_in("/dev/fd") or range(256)
    for descriptor in map(int, names):
        if descriptor not in kept:
            try:
                os.close(descriptor)
            except OSError:
                pass  # not open, or the descriptor of the listing itself


def _names_in(folder):
    try:
        return [name for name in os.listdir(folder) if name.isdigit()]
    except OSError:
        return []


def _wait(pipe, terminal):
    """Waits for the end. Tells whether the folder is owned and the terminal hung up."""
    owned = True
    poll = select.poll()
    poll.register(pipe, select.POLLIN)
    if terminal:
        poll.register(0, 0)  # a hang-up is reported without being asked for
    while True:
        events = dict(poll.poll())
        if pipe in events:
            if not os.read(pipe, 1):
                return owned, False
            owned = False
        elif events[0] & select.POLLNVAL:
            # macOS before 10.15 could not poll terminals. There the hang-up ends
            # the main process, by SIGHUP, and with it the pipe.
            poll.unregister(0)
        else:
            return owned, True


def _end_all(main, session):
    """Kills what the main process leads: its session, or its group without `/proc`."""
    nap = select.poll()
    for _ in range(_ROUNDS):
        processes = _names_in("/proc") if session else []
        if processes:
            left = [p for p in map(int, processes) if _is_left(p, main)]
            for process in left:
                _kill(os.kill, process)
            if not left:
                return
        elif not _kill(os.killpg, main):
            return
        nap.poll(_ROUND_MILLISECONDS)


def _kill(call, target):
    try:
        call(target, signal.SIGKILL)
    except OSError:
        return False
    return True


def _is_left(process, session):
    """Whether a process of Linux, other than this one, is alive in the session (proc(5))."""
    try:
        with open(f"/proc/{process}/stat", "rb") as file:
            text = file.read()
    except OSError:
        return False  # ended meanwhile
    # The second field is the program's name and may contain anything.
    state, _parent, _group, of_session = text[text.rfind(b")") + 1 :].split()[:4]
    alive = state not in (b"Z", b"X")
    return alive and int(of_session) == session and process != os.getpid()


def _remove(socket):
    for remove, path in ((os.unlink, socket), (os.rmdir, os.path.dirname(socket))):
        try:
            remove(path)
        except OSError:
            pass  # the shell may have been quicker
