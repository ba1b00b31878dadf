"""A download as large as `size.txt` says, made when it is asked for."""

import pathlib

import streamlit as st

SIZE = int(pathlib.Path(__file__).with_name("size.txt").read_text())
BLOCK = bytes(range(256)) * 4096

# The script does not run again for a click: what it made for the button before would be gone then.
st.download_button(
    "huge.bin", lambda: BLOCK * (SIZE // len(BLOCK)), file_name="huge.bin", key="huge", on_click="ignore"
)
st.text("The last text.")
