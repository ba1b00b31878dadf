"""The secrets that the person gave: as environment variables and as `st.secrets`."""

import os


def to_environment(values):
    """Sets a variable for each secret, as Streamlit does for those at the top of its file."""
    os.environ.update({key: text for key, text in values.items() if "." not in key})


def to_streamlit(values, is_packaged=False):
    """Makes them `st.secrets`. To be called when Streamlit's options are loaded.

    In memory alone: Streamlit would read them from files (`streamlit/runtime/secrets.py`,
    1.40 to 1.67), and there is none in a payload. Where there is no file either, an app that
    asks for what may be there gets none, as with an empty file, and no error.

    `is_packaged`: the secrets of a person's own projects, in the home, are not the app's.
    """
    from streamlit import config, file_util
    from streamlit.runtime.secrets import secrets_singleton

    files = config.get_option("secrets.files")
    if is_packaged:
        own = file_util.get_streamlit_file_path("secrets.toml")
        files = [file for file in files if file != own]
    if not values and any(map(os.path.exists, files)):
        return
    secrets_singleton._secrets = _nested(values)


def _nested(values):
    """`{"a.b": "c"}` as `{"a": {"b": "c"}}`."""
    nested = {}
    for key, text in values.items():
        *sections, name = key.split(".")
        place = nested
        for section in sections:
            place = place.setdefault(section, {})
        place[name] = text
    return nested
