import quarry
import streamlit as st

st.text(f"{quarry.STONES} stones")
