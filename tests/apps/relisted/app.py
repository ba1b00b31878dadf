import six
import streamlit as st

st.text(six.__name__)
