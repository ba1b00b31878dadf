"""Every direction of traffic between the page and Python, for the tests.

The texts and keys are a contract: the tests look for them.
"""

import hashlib

import streamlit as st

st.set_page_config(page_title="Stages")
st.title("Stages")
st.write("The first text.")

value = st.slider("Level", 0, 100, 10, key="level")
st.write(f"Level is {value}.")

if "presses" not in st.session_state:
    st.session_state.presses = 0
if st.button("Press", key="press"):
    st.session_state.presses += 1
st.write(f"Pressed {st.session_state.presses} times.")

# Session state survives a lost connection, and is gone after Python was started anew.
st.session_state.runs = st.session_state.get("runs", 0) + 1
st.write(f"Run {st.session_state.runs}.")

name = st.text_input("Name", key="name")
st.text(f"Name is {name!r}.")

upload = st.file_uploader("File", key="file")
if upload is not None:
    content = upload.getvalue()
    digest = hashlib.sha256(content).hexdigest()
    st.text(f"Upload {upload.name!r} has {len(content)} bytes, SHA-256 {digest}.")

# 1 MB in which no two blocks are alike, the same in every run.
payload = b"".join(hashlib.sha256(str(block).encode()).digest() for block in range(31_250))
st.text(f"Download has {len(payload)} bytes, SHA-256 {hashlib.sha256(payload).hexdigest()}.")
st.download_button(
    "Download",
    payload,
    file_name="a résumé of bytes.bin",
    mime="application/octet-stream",
    key="download",
)
st.write("The last text.")
