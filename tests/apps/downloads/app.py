"""Downloads of every kind, for the tests. Each button's label is the name of its file."""

import hashlib

import pandas as pd
import streamlit as st

st.set_page_config(page_title="Downloads")


def bytes_of(length):
    """Bytes in which no two blocks are alike, the same in every run."""
    return hashlib.shake_128(b"waterskin").digest(length)


def button(name, data, **options):
    st.download_button(name, data, file_name=name, key=name.split(".")[0].replace(" ", "-"), **options)


button("text ä.txt", "Grüße\n")
button("empty.bin", b"")
button("large.bin", bytes_of(24_000_000))
# Streamlit calls a function for its data since 1.52.
if tuple(map(int, st.__version__.split(".")[:2])) >= (1, 52):
    button("deferred.txt", lambda: "made when it was asked for\n")
st.download_button("bad name", b"x", file_name="..\\a:b?.txt", key="bad")
st.dataframe(pd.DataFrame({"name": ["é", "b"], "value": [1, 2]}), key="table")
st.bar_chart(pd.DataFrame({"value": [3, 1, 2]}))
# A click on what an earlier run drew can come too late for it.
st.session_state.run = st.session_state.get("run", 0) + 1
st.write(f"The last text of run {st.session_state.run}.")
