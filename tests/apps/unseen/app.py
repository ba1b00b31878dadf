import importlib
import os
from pathlib import Path

import streamlit as st

HERE = Path(__file__).parent
pages = [st.Page(file, title=file.stem) for file in sorted((HERE / "views").glob("*.py"))]
for name in sorted(os.listdir(HERE / "plugins")):
    if name.endswith(".py"):
        importlib.import_module(f"plugins.{name.removesuffix('.py')}")
st.navigation(pages).run()
