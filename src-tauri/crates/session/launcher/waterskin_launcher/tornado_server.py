"""Streamlit under Tornado: the only server to 1.52, the usual one from 1.53 to 1.56."""

import asyncio
import os

from streamlit.web import bootstrap
from streamlit.web.server import Server
from tornado.routing import Router
from tornado.web import ErrorHandler

from . import secret
from .failure import Failure

# Close code "service restart", as uvicorn sends it (IANA registry, RFC 6455 §7.4.2).
_SERVICE_RESTART = 1012

# On Windows Tornado's event loop does not wake up for a signal. In seconds.
_WINDOWS_TICK = 0.2


class TornadoServer:
    """Does what `bootstrap.run` does (1.40 to 1.56), with an end of our own."""

    def run(self, spec, options, stop, on_listening):
        """Serves until `stop` is requested."""
        options.force("server.useStarlette", False)
        if spec.socket is not None:
            options.force("server.address", f"unix://{spec.socket}")
        else:
            options.force("server.port", spec.tcp_port)
        # Where a version does not have one of these, it does not need it.
        for name, arguments in (
            ("_fix_tornado_crash", ()),
            ("_fix_pydeck_mapbox_api_warning", ()),
            ("_maybe_install_uvloop", (False,)),
        ):
            getattr(bootstrap, name, lambda *_: None)(*arguments)
        if spec.reload:
            options.follow_changes()
        asyncio.run(_serve(spec, stop, on_listening))


async def _serve(spec, stop, on_listening):
    server = _Server(spec)
    try:
        await server.start()
    except OSError as error:
        raise Failure(
            f"could not listen on `{spec.socket}`", error.strerror or error
        ) from error
    except SystemExit as error:
        # Streamlit has logged the reason: the port is taken.
        raise Failure(
            f"could not listen on port {spec.tcp_port}", "the reason stands above"
        ) from error
    _prepare(spec)
    loop = asyncio.get_running_loop()
    stop.when_requested(lambda: loop.call_soon_threadsafe(server.end))
    on_listening()
    if os.name == "nt":
        ticking = asyncio.create_task(_tick())
        ticking.add_done_callback(lambda _: None)
    await server.stopped


async def _tick():
    while True:
        await asyncio.sleep(_WINDOWS_TICK)


def _prepare(spec):
    """Secrets and the check of the static folder (`bootstrap._on_server_start`)."""
    if hasattr(bootstrap, "prepare_streamlit_environment"):
        bootstrap.prepare_streamlit_environment(spec.script)
        return
    bootstrap._maybe_print_static_folder_warning(spec.script)
    try:
        bootstrap.secrets.load_if_toml_exists()
    except Exception as error:
        print(f"could not load `secrets.toml`: {error}", flush=True)


class _Server(Server):
    """Streamlit's server, behind the check of the secret where there is one."""

    def __init__(self, spec):
        super().__init__(spec.script, False)
        self._secret = spec.secret

    def _create_app(self):
        app = super()._create_app()
        return app if self._secret is None else _Secret(app, self._secret)

    def end(self):
        """Tells every page that this is the end, and stops."""
        sessions = getattr(self._runtime, "_session_mgr", None)
        for session in sessions.list_active_sessions() if sessions else ():
            if hasattr(session.client, "close"):
                session.client.close(_SERVICE_RESTART)
        self.stop()


class _Secret(Router):
    """Answers 403 to requests without the secret; the app never sees the header."""

    def __init__(self, app, value):
        self._app = app
        self._value = value

    def find_handler(self, request, **kwargs):
        values = [v.encode("latin-1") for v in request.headers.get_list(secret.HEADER)]
        if not secret.matches(values, self._value):
            return self._app.get_handler_delegate(
                request, ErrorHandler, {"status_code": 403}
            )
        del request.headers[secret.HEADER]
        return self._app.find_handler(request, **kwargs)
