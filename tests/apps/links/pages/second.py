import streamlit as st

st.set_page_config(page_title="Second")
st.write("The second page.")
