import streamlit as st

st.set_page_config(page_title="Bleu", page_icon="blue.png")
st.text("The blue page.")
