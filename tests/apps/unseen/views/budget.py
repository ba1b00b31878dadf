import pandas as pd
import streamlit as st

file = st.file_uploader("Budget", type=["xlsx", "xls"])
if file is not None:
    st.dataframe(pd.read_excel(file))
