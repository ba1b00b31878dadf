import streamlit as st
import sundial
import suntimes
from suntimes.words import GREETING

st.text(f"{GREETING} {suntimes.__version__} {sundial.__version__}")
st.text(" ".join(suntimes.TOWNS + suntimes.HOURS))
