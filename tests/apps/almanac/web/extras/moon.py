import segno
import streamlit as st


def show():
    st.image(segno.make("moon").svg_data_uri())
