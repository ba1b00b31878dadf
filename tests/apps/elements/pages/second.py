"""The page that links lead to."""

import streamlit as st

st.title("Second")
st.text(f"Second has {dict(st.query_params)}.")
