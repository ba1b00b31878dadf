import streamlit as st

st.title("An example")
