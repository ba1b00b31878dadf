"""A map, and an icon that is a picture from the network too."""

import streamlit as st

st.set_page_config(page_icon="🗺️")
st.map({"lat": [52.52, 48.86], "lon": [13.41, 2.35]}, zoom=4)
if st.button("Go on"):
    st.text("Gone on.")
st.text("The last text.")
