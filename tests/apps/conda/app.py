import pandas as pd
import streamlit as st
import xyzservices.providers as maps

towns = pd.DataFrame({"town": ["Husum", "Kiel"], "ships": [12, 310]})
st.dataframe(towns, key="towns")
st.text(maps.OpenStreetMap.Mapnik.html_attribution)
