import abacus
import streamlit as st

st.text(f"twice 21 is {abacus.twice(21)}")
