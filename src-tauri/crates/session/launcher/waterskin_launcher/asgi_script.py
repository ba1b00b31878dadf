"""Scripts that define a server of their own: `app = st.App(...)`, FastAPI or Starlette."""

from pathlib import Path

_CLASSES = (b"App", b"FastAPI", b"Starlette")


def import_string(script):
    """`module:name` of the server that the script defines, or None for a plain script.

    `streamlit run` looks for one since 1.53 by parsing the script. That takes tens of
    milliseconds for a long script, so the class names are looked for first.
    """
    path = Path(script)
    source = path.read_bytes()
    if not any(name in source for name in _CLASSES):
        return None
    try:
        from streamlit.web.server.app_discovery import discover_asgi_app
    except ImportError:
        return None
    return discover_asgi_app(path).import_string
