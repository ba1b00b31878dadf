"""Counts its starts in the folder that it is given, and by a relative path."""

import os
from pathlib import Path

import streamlit as st

st.set_page_config(page_title="Counted")
given = Path(os.environ["WATERSKIN_DATA_DIR"]) / "größe.txt"
if "counted" not in st.session_state:
    st.session_state.counted = True
    with given.open("a", encoding="utf-8") as file:
        file.write("x")
    with open("relative.txt", "a", encoding="utf-8") as file:
        file.write("x")
relative = Path("relative.txt").read_text(encoding="utf-8")
st.text(f"Given {len(given.read_text(encoding='utf-8'))}, relative {len(relative)}.")
st.text(f"Beside {Path(__file__).with_name('beside.txt').read_text(encoding='utf-8')}.")
