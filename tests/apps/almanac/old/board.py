import streamlit as st

st.title("The board of last year")
