"""A download as large as `size.txt` says, made when it is asked for."""

import pathlib

import streamlit as st

SIZE = int(pathlib.Path(__file__).with_name("size.txt").read_text())
BLOCK = bytes(range(256)) * 4096

# Without a rerun: Streamlit 1.67 empties its queue of messages when a run begins
# (`forward_msg_queue.py`), and the answer that has the file's address can be in it. The button
# then waits for ever.
st.download_button(
    "huge.bin",
    lambda: BLOCK * (SIZE // len(BLOCK)),
    file_name="huge.bin",
    key="huge",
    on_click="ignore",
)
st.text("The last text.")
