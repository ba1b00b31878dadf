"""What people do all day: copy and paste, files and folders, pages with icons of their own."""

import hashlib

import counter
import streamlit as st

st.set_page_config(page_title="Éveryday", page_icon="red.png")


@st.cache_data
def made():
    return next(counter.runs)


def told(file):
    content = file.getvalue()
    return f"{file.name} of {len(content)} bytes, {hashlib.sha256(content).hexdigest()[:8]}"


st.text(f"Made for the {made()}. time.")
st.code("copied = 'été'", language="python")
st.text(f"Written: {st.text_input('Text', key='text')!r}")
asked = st.chat_input("Ask", accept_file="multiple", key="ask")
if asked:
    st.text(f"Asked: {asked.text!r}")
    for file in asked.files:
        st.text(f"With: {told(file)}")
for file in st.file_uploader("Folder", accept_multiple_files="directory", key="folder") or []:
    st.text(f"In the folder: {told(file)}")
st.image("red.png", width=120)
if st.button("Go on", key="go"):
    st.switch_page("pages/blue.py")
st.text("The last text.")
