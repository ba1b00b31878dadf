import streamlit as st

st.text("1040 degrees")
