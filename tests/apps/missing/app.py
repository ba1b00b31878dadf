"""A script that imports a module that no distribution provides."""

import streamlit as st

st.title("Missing")

import waterskin_no_such_module

st.write(waterskin_no_such_module)
