import streamlit as st
import tabulate

st.text(tabulate.tabulate([["Ebbe", "06:12"], ["Flut", "12:31"]]))
