"""Buttons that end the whole Python process, as a crash in native code would, or as apps do it."""

import os
import signal

import streamlit as st

st.set_page_config(page_title="Crash")
st.title("Crash")
st.write(f"Python is process {os.getpid()}.")

if st.button("Kill", key="kill"):
    # Windows has no SIGKILL; `SIGTERM` ends the process there at once.
    os.kill(os.getpid(), getattr(signal, "SIGKILL", signal.SIGTERM))
if st.button("Exit 3", key="exit"):
    os._exit(3)
# The two ways that people know to have a button that quits.
if st.button("Quit", key="quit"):
    os.kill(os.getpid(), signal.SIGTERM)
if st.button("Exit 0", key="exit-0"):
    os._exit(0)
