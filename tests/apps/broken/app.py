"""A script with a syntax error in line 6."""

import streamlit as st

st.title("Broken")
st.write("a parenthesis is missing"
st.write("never reached")
