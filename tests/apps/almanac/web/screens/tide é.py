import humanize
import streamlit as st

st.title("Tide")
st.text(f"{humanize.intcomma(1240)} cm")
