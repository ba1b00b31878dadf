from importlib.metadata import version

import streamlit as st
import tides

st.text(f"{version('board')} {version('tides')} {tides.HIGH}")
