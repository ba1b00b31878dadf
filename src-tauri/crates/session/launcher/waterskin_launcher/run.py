"""From the launch to the running server."""

import os
import sys

from . import collector, lifeline, spec
from .failure import EXIT_CODE, Failure
from .stop import Stop, leave


def main():
    """Runs the launcher; does not return."""
    try:
        _run()
    except Failure as failure:
        failure.report()
        sys.exit(EXIT_CODE)
    leave()


def _run():
    launch = spec.take(os.environ)
    stop = Stop()
    stop.listen()
    # First of all, so that nothing that follows can outlive the shell.
    lifeline.attach(launch, stop)

    collector.pause()
    import faulthandler

    from . import answers, components, direct_run, environment, preload, refusal, secrets

    if sys.stderr is not None:
        faulthandler.enable()
    launcher = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    environment.prepare(launch, launcher)

    secrets.to_environment(launch.secrets)
    options = _load_streamlit(launch)
    environment.admit_project(launch)
    secrets.to_streamlit(launch.secrets, launch.is_packaged)
    answers.keep()
    components.find_quickly()
    direct_run.never_warn()
    if launch.site_packages:
        refusal.explain(os.path.dirname(launch.site_packages[0]))
    if launch.trial is not None:
        from . import trial

        trial.record(launch.trial, launch.root, launch.site_packages)
    server = _choose(launch, options)

    def on_listening():
        preload.start(launch.preload, collector.resume)

    server.run(launch, options, stop, on_listening)


def _load_streamlit(launch):
    from .options import Options

    try:
        import streamlit  # noqa: F401
    except ModuleNotFoundError as error:
        if error.name != "streamlit":
            raise Failure("could not import Streamlit", error, error) from error
        raise Failure(
            "could not import Streamlit", f"`{sys.executable}` does not have it"
        ) from error
    except Exception as error:
        raise Failure("could not import Streamlit", error, error) from error
    return Options(launch)


def _choose(launch, options):
    """The server of this version: Tornado to 1.56, Starlette since (1.53 to 1.56: both)."""
    from . import asgi_script

    script_is_server = asgi_script.import_string(launch.script)
    if _starlette_is_chosen(options, script_is_server):
        from .starlette_server import StarletteServer

        return StarletteServer(script_is_server)
    from .tornado_server import TornadoServer

    return TornadoServer()


def _starlette_is_chosen(options, script_is_server):
    from importlib.util import find_spec

    if find_spec("streamlit.starlette") is None:
        return False
    if not options.knows("server.useStarlette"):
        return True
    if not (options.get("server.useStarlette") or script_is_server):
        return False
    missing = [name for name in ("starlette", "uvicorn") if find_spec(name) is None]
    if missing:
        raise Failure(
            "could not start the Starlette server",
            f"`{missing[0]}` is missing (install `streamlit[starlette]`)",
        )
    return True
