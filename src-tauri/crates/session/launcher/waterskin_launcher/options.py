"""Streamlit's options: which ones the launcher decides, and which ones it suggests.

They are given as `streamlit run` gives its flags, so they win over every
`config.toml`. Nothing is put into the environment, where programs that the app starts
would find it. An option that this version of Streamlit does not have is left out.
"""

import os

from .failure import Failure

_TRUE = {"1", "true", "t", "yes", "y", "on"}
_FALSE = {"0", "false", "f", "no", "n", "off"}


def forced(spec):
    """The options that the app cannot change, because the window depends on them."""
    port = spec.url_port
    # Nobody changes the sources of a packaged app, and to look after them takes time.
    still = {} if spec.reload else {"server.fileWatcherType": "none", "server.runOnSave": False}
    return still | {
        # Otherwise true for any Streamlit outside of a `site-packages` folder, and
        # then it serves no static files (`config.py`, `_global_development_mode`).
        "global.developmentMode": False,
        "logger.hideWelcomeMessage": True,
        "server.headless": True,
        "server.showEmailPrompt": False,
        "server.address": "127.0.0.1",
        "server.port": port,
        "server.baseUrlPath": "",
        "server.sslCertFile": "",
        "server.sslKeyFile": "",
        "server.enableCORS": True,
        "server.enableXsrfProtection": True,
        "server.allowedHosts": ["localhost", "127.0.0.1", "[::1]"],
        # Without an address Streamlit asks a server on the internet for it.
        "browser.serverAddress": "localhost",
        "browser.serverPort": port,
        "browser.gatherUsageStats": False,
        # The page accepts messages from these origins, and it is its own parent.
        "client.allowedOrigins": [
            f"http://localhost:{port}",
            f"http://127.0.0.1:{port}",
        ],
    }


def suggested(spec):
    """The options for the author, or for people who only use the app, unless the app says otherwise."""
    if spec.reload:
        return {"server.runOnSave": True}
    return {"client.toolbarMode": "viewer", "client.showErrorLinks": False}


def from_environment(template, environ):
    """The options set by `STREAMLIT_...` variables, which `streamlit run` reads by click.

    `template`: Streamlit's option definitions by name. Sensitive ones are left out:
    Streamlit reads those itself.
    """
    options = {}
    for name, option in template.items():
        text = environ.get(option.env_var)
        if text and not option.sensitive:
            try:
                options[name] = _parse(option, text)
            except ValueError as error:
                raise Failure(f"could not read `{option.env_var}`", error) from error
    return options


def _parse(option, text):
    if option.multiple:
        return text.split()
    if option.type is not bool:
        return option.type(text)
    if text.strip().lower() in _TRUE:
        return True
    if text.strip().lower() in _FALSE:
        return False
    raise ValueError(f"`{text}` is neither true nor false")


def _keep_to_the_app(config):
    """Takes the `config.toml` of the person's home from those that are read: it is for their own
    projects, and one that can't be read would keep every app from starting."""
    from streamlit import file_util

    own = file_util.get_streamlit_file_path
    if hasattr(config, "CONFIG_FILENAMES"):  # 1.40; others have it by this name too
        files = config.CONFIG_FILENAMES
        files[:] = [file for file in files if file != own("config.toml")]
        return
    every = config.get_config_files
    config.get_config_files = lambda name: [file for file in every(name) if file != own(name)]


class Options:
    """The loaded options of one app."""

    def __init__(self, spec):
        """Loads every `config.toml` of the app and puts the launcher's options over it."""
        from streamlit import config

        self._config = config
        # The definitions, as Streamlit's own command line takes them (1.40 to 1.67,
        # `web/cli.py`, `configurator_options`).
        template = config._config_options_template
        self._flags = from_environment(template, os.environ)
        self._flags.update(forced(spec))
        self._flags = {k: v for k, v in self._flags.items() if k in template}
        # `streamlit run` sets this first, so that the folder of the script counts for
        # `config.toml` and `secrets.toml` (`web/cli.py`, `_main_run`).
        config._main_script_path = spec.script
        if spec.is_packaged:
            _keep_to_the_app(config)
        try:
            config.get_config_options(
                force_reparse=True, options_from_flags=self._flags
            )
        except Exception as error:
            raise Failure("could not read the app's `config.toml`", error) from error
        for name, value in suggested(spec).items():
            if name in template and not config.is_manually_set(name):
                config.set_option(name, value)

    def knows(self, name):
        """Whether this version of Streamlit has the option."""
        return name in self._config._config_options_template

    def get(self, name, default=None):
        """The value of an option, or `default` where this version does not have it."""
        return self._config.get_option(name) if self.knows(name) else default

    def force(self, name, value):
        """Sets one more option, also for later reloads of `config.toml`."""
        if self.knows(name):
            self._flags[name] = value
            self._config.set_option(name, value)

    def follow_changes(self):
        """Loads `config.toml` again whenever it changes, as `streamlit run` does."""
        from streamlit.web import bootstrap

        bootstrap._install_config_watchers(self._flags)
