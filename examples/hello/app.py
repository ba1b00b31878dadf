"""The smallest app that shows messages going both ways."""

import streamlit as st

st.set_page_config(page_title="Hello", page_icon=":material/waving_hand:")

st.title("Hello From Streamlit")
st.write("This page is written in Python and runs on your own machine, in a window of its own.")

litres = st.slider("How many litres are in the waterskin?", 0, 10, 3, key="litres")
drops = ":material/water_drop:" * litres or "not a drop"
st.write(f"There are **{litres}** litres in it: {drops}")

if st.button("Take a sip", type="primary", key="sip"):
    st.session_state.sips = st.session_state.get("sips", 0) + 1

sips = st.session_state.get("sips", 0)
if sips:
    st.write(f"You took {sips} {'sip' if sips == 1 else 'sips'}.")
