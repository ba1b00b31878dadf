"""A download as large as `size.txt` says, made when it is asked for."""

import pathlib

import streamlit as st

SIZE = int(pathlib.Path(__file__).with_name("size.txt").read_text())
BLOCK = bytes(range(256)) * 4096

st.download_button("huge.bin", lambda: BLOCK * (SIZE // len(BLOCK)), file_name="huge.bin", key="huge")
st.text("The last text.")
