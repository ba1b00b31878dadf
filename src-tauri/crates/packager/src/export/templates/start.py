"""Starts the app on a server, and ends it when it is told to.

It is what the container runs. These variables count:

- PORT: where it listens; many hosts set it. {{ port }} where nobody does.
- STREAMLIT_...: Streamlit's own settings, such as STREAMLIT_SERVER_BASE_URL_PATH.
- SECRETS_FILE: the secrets as a TOML file, `secrets/secrets.toml` beside this file where nobody says
  otherwise. Where there is no such file, each secret can be a variable: its key, with `__` for a dot.
"""

import json
import os
import signal
import sys
import tempfile

SCRIPT = {{ script }}
ARGUMENTS = {{ arguments }}
# The keys of the secrets, and their variables.
SECRETS = {{ variables }}
IN_DATA = {{ "True" if in_data else "False" }}

ROOT = os.path.dirname(os.path.abspath(__file__))
# Engines kill what is there 10 s after they asked for its end.
LIMIT = 8


def main():
    # Process 1 of a container gets no signal that it has no handler for.
    signal.signal(signal.SIGTERM, lambda *_: os._exit(128 + signal.SIGTERM))
    app = os.path.join(ROOT, "app")
    data = os.environ.setdefault("WATERSKIN_DATA_DIR", os.path.join(ROOT, "data"))
    if IN_DATA:
        os.makedirs(data, exist_ok=True)
    options = settings(os.environ)
    secrets = secrets_file(os.environ)
    if secrets is not None:
        options.append(f"--secrets.files={secrets}")
    script = os.path.join(app, SCRIPT)
    command = [sys.executable, "-m", "streamlit", "run", script, *options, "--", *ARGUMENTS]
    os.chdir(data if IN_DATA else app)
    sys.exit(watch(os.spawnv(os.P_NOWAIT, sys.executable, command)))


def settings(environ):
    """What the server needs, whatever the app's own `config.toml` says for its author's machine."""
    get = environ.get
    return [
        f"--server.port={get('PORT') or get('STREAMLIT_SERVER_PORT') or {{ port }}}",
        f"--server.address={get('STREAMLIT_SERVER_ADDRESS') or '0.0.0.0'}",
        f"--server.baseUrlPath={get('STREAMLIT_SERVER_BASE_URL_PATH', '')}",
        "--server.headless=true",
        "--server.fileWatcherType=none",
        "--server.runOnSave=false",
        # What is in front of it speaks TLS.
        "--server.sslCertFile=",
        "--server.sslKeyFile=",
        "--browser.gatherUsageStats=false",
        "--global.developmentMode=false",
    ]


def secrets_file(environ):
    """The file of the secrets; one is made of variables where there is none. None for no secrets."""
    path = environ.get("SECRETS_FILE") or os.path.join(ROOT, "secrets", "secrets.toml")
    if os.path.exists(path):
        if not os.access(path, os.R_OK):
            sys.exit(f"{path} can't be read by the user {os.getuid()}: give it to that user")
        return path
    given = [(key, environ[name]) for key, name in SECRETS if name in environ]
    if not given:
        return None
    # A text of JSON is one of TOML too, but for this sign.
    text = [f"{key} = {json.dumps(value, ensure_ascii=False)}\n" for key, value in given]
    text = "".join(text).replace("\x7f", "\\u007F")
    # For this user alone, and gone with the container.
    handle, path = tempfile.mkstemp(suffix=".toml")
    with os.fdopen(handle, "w", encoding="utf-8", errors="replace") as file:
        file.write(text)
    return path


def watch(child):
    """The exit code: 0 where the end was asked for. Ends that are not the app's own are looked at too,
    since process 1 of a container is everybody's parent in the end."""
    asked = False

    def end(*_):
        nonlocal asked
        if not asked:
            os.kill(child, signal.SIGTERM)
            signal.alarm(LIMIT)
        asked = True

    signal.signal(signal.SIGALRM, lambda *_: os.kill(child, signal.SIGKILL))
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, end)
    while True:
        pid, status = os.wait()
        if pid == child:
            code = os.waitstatus_to_exitcode(status)
            return 0 if asked else code if code >= 0 else 128 - code


if __name__ == "__main__":
    main()
