"""Streamlit under uvicorn: optional in 1.53 to 1.56, the only server since 1.57."""

import asyncio
import contextlib

import uvicorn

from . import listener
from .failure import Failure
from .secret import AsgiSecret

# Open requests may finish for this many seconds; less than `stop.LIMIT`.
_GRACE = 1

# Since this version uvicorn's newer WebSocket code pings (Streamlit 1.67,
# `starlette_server.py`, `_get_websocket_protocol`).
_SANSIO_SINCE = (0, 44)

# What Streamlit itself sets where the app sets nothing, in seconds.
_PING_SECONDS = 30


class StarletteServer:
    """Serves the app, or the ASGI application that the script defines."""

    def __init__(self, import_string):
        """`import_string`: `module:name` in the script, or None for a plain script."""
        self._import_string = import_string

    def run(self, spec, options, stop, on_listening):
        """Serves until `stop` is requested."""
        app = self._application(spec)
        if spec.secret is not None:
            app = AsgiSecret(app, spec.secret)
        if spec.reload:
            options.follow_changes()
        listening = listener.bind(spec)
        server = _Server(_configuration(app, spec, options), stop, on_listening)
        try:
            server.run(sockets=[listening])
        except SystemExit:
            # uvicorn's answer to an application that fails at its start
            if server.started:
                raise
        finally:
            listening.close()
        if not server.started:
            raise Failure("could not start the server", "the reason stands above")

    def _application(self, spec):
        from streamlit.starlette import App

        if self._import_string is None:
            return App(spec.script)
        from uvicorn.importer import import_from_string

        try:
            return import_from_string(self._import_string)
        except Exception as error:
            raise Failure(
                f"could not load `{self._import_string}`", error, error
            ) from error


def _configuration(app, spec, options):
    from streamlit.runtime.runtime_util import get_max_message_size_bytes

    version = tuple(int(part) for part in uvicorn.__version__.split(".")[:2])
    ping = options.get("server.websocketPingInterval") or _PING_SECONDS
    return uvicorn.Config(
        app,
        port=spec.url_port,
        ws="websockets-sansio" if version >= _SANSIO_SINCE else "auto",
        ws_max_size=get_max_message_size_bytes(),
        ws_ping_interval=ping,
        ws_ping_timeout=ping,
        ws_per_message_deflate=bool(options.get("server.enableWebsocketCompression")),
        lifespan="on",
        access_log=False,
        log_config=None,
        log_level="warning",
        backlog=listener.BACKLOG,
        # Otherwise taken from `WEB_CONCURRENCY`.
        workers=1,
        timeout_graceful_shutdown=_GRACE,
    )


class _Server(uvicorn.Server):
    """A server that ends at our request, and sleeps while there is nothing to do."""

    def __init__(self, config, stop, on_listening):
        super().__init__(config)
        self._stop = stop
        self._on_listening = on_listening

    def capture_signals(self):
        # uvicorn would raise the signal again at the end: the exit code were not 0.
        return contextlib.nullcontext()

    async def startup(self, sockets=None):
        await super().startup(sockets=sockets)
        if not self.started:
            return
        loop = asyncio.get_running_loop()
        self._ending = asyncio.Event()
        self._stop.when_requested(lambda: loop.call_soon_threadsafe(self._ending.set))
        self._on_listening()

    async def main_loop(self):
        # uvicorn wakes up ten times in a second, to look for signals and to renew the
        # `Date` header once in a second. Only the latter is needed here.
        while not await self.on_tick(0):
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(self._ending.wait(), 1)
            self.should_exit = self.should_exit or self._ending.is_set()
