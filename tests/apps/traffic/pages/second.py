"""A second page, so that there is a path of the app's own."""

import streamlit as st

st.title("Second")
