"""Every key of a project's `config.toml` holds, or is one that `docs/settings.md` names."""

import json
import pathlib
import unittest

from harness import STREAMLIT, URL_PORT, LauncherTest

DOCUMENT = pathlib.Path(__file__).resolve().parents[4] / "docs" / "settings.md"

READ = """
import json, streamlit as st
from streamlit import config
names = list(config._config_options_template)
st.text(json.dumps({name: config.get_option(name) for name in names}, default=str))
"""

# Values for the keys that take only some.
VALUES = {
    "client.showErrorDetails": "none",
    "client.showErrorLinks": "true",
    "client.toolbarMode": "developer",
    "logger.level": "error",
    "logger.messageFormat": "%(message)s",
    "runner.enumCoercion": "off",
    "server.fileWatcherType": "poll",
    "server.maxCacheDataSize": "1 GB",
    "server.xsrfCookieSameSite": "strict",
    "theme.base": "dark",
    "theme.baseFontWeight": 500,
    "theme.fontFaces": [{"family": "Own", "url": "app/static/own.woff2"}],
    "theme.metricValueFontWeight": 500,
}


def other_value(name, option):
    """One that is not the default."""
    if name in VALUES:
        return VALUES[name]
    if option.multiple:
        return ["elsewhere"]
    if option.type is bool:
        return not option.default_val
    if option.type in (int, float):
        return (option.default_val or 0) + 400
    last = name.rsplit(".", 1)[1]
    if last.endswith("FontWeights"):
        return [700]
    if last.endswith(("FontSizes", "CategoricalColors")):
        return ["20px"] if "Font" in last else ["#123456"]
    if last.endswith(("SequentialColors", "DivergingColors")):
        return [f"#1234{number}0" for number in range(10, 20)]
    return "#123456" if "olor" in last else "elsewhere"


def forced():
    """The values in the table; None for what is the window's own."""
    rows = [row.split("|") for row in DOCUMENT.read_text(encoding="utf-8").splitlines()]
    rows = [[cell.strip() for cell in row[1:3]] for row in rows if len(row) == 5]
    values = {}
    for key, value in rows[2:]:
        if value.startswith("`"):
            values[key.strip("`")] = json.loads(value.strip("`"))
        else:
            values[key.strip("`")] = "" if value == "empty" else None
    return values


def toml(options):
    """Keys with their sections; a value in JSON is one in TOML, but for tables."""
    lines = []
    for name, value in options.items():
        if isinstance(value, list) and value and isinstance(value[0], dict):
            inner = ", ".join(f"{key} = {json.dumps(text)}" for key, text in value[0].items())
            lines.append(f"{name} = [{{ {inner} }}]")
        else:
            lines.append(f"{name} = {json.dumps(value)}")
    return "\n".join(lines)


@unittest.skipUnless(STREAMLIT >= (1, 67), "the newest version has all of them")
class Settings(LauncherTest):
    def test_every_key_holds_or_is_said(self):
        from streamlit import config

        options = {
            name: other_value(name, option)
            for name, option in config._config_options_template.items()
            if option.visibility == "visible" and not option.deprecated
        }
        fixed = forced()
        hidden = [name for name in fixed if name not in options]
        options.update(
            (name, other_value(name, config._config_options_template[name]))
            for name in hidden
        )
        options.update((name, not it) for name, it in fixed.items() if isinstance(it, bool))
        self.write(toml(options), ".streamlit/config.toml")
        app = self.launch(READ).wait_until_ready()
        with app.page() as page:
            found = json.loads(page.texts()[0])
        differs = {name for name, value in options.items() if found[name] != value}
        # What is there alone is what it says, and differs from what was set.
        self.assertEqual(differs, set(fixed) - {"secrets.files"}, [(n, found[n]) for n in differs])
        for name, value in fixed.items():
            if name in ("server.port", "browser.serverPort"):
                self.assertEqual(found[name], URL_PORT)
            elif value is not None and name != "secrets.files":
                self.assertEqual(found[name], value, name)
