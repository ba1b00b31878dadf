"""A script that does not come to its end: the window must close all the same."""

import time

import streamlit as st

st.title("Stuck")
st.write("The script sleeps now.")
time.sleep(1000)
st.write("The script woke up.")
