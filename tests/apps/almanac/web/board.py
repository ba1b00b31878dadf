"""An almanac whose pages and extras stand in files that are no code."""

import importlib
import json
from pathlib import Path

import streamlit as st
import yaml

try:
    import tabulate
except ImportError:
    st.error("The almanac needs `tabulate`.")
    st.stop()

try:
    import rapidfuzz
except ImportError:
    rapidfuzz = None

HERE = Path(__file__).parent
listed = yaml.safe_load((HERE / "pages.yaml").read_text(encoding="utf-8"))
extras = json.loads((HERE / "extras.json").read_text(encoding="utf-8"))

for title, module in extras.items():
    with st.sidebar.expander(title):
        importlib.import_module(module).show()
st.sidebar.text(tabulate.tabulate([["finds words", rapidfuzz is not None]]))
st.navigation([st.Page(page["path"], title=page["title"]) for page in listed["pages"]]).run()
