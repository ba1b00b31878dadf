"""Elements that Streamlit has since 1.51, and those that need a device."""

import streamlit as st
from streamlit.components import v2

for file in st.file_uploader("Folder", accept_multiple_files="directory", key="folder"):
    st.text(f"Folder has {file.name} of {file.size}.")

said = st.chat_input("Say", accept_file=True, key="chat")
if said is not None:
    st.text(f"Chat said {said.text} with {[file.name for file in said.files]}.")

st.download_button("Later", lambda: "made later é".encode(), file_name="later.txt", key="later")
st.download_button("Text", "a text é", file_name="text.txt", key="text")

picture = st.camera_input("Camera", key="camera")
if picture is not None:
    st.text(f"Camera gave {picture.type}, more than nothing: {picture.size > 1000}.")
sound = st.audio_input("Sound", key="sound")
if sound is not None:
    st.text(f"Sound gave {sound.type}, more than nothing: {sound.size > 1000}.")

SCRIPT = """
export default function ({ parentElement, setTriggerValue }) {
  const button = parentElement.querySelector('button');
  button.onclick = () => setTriggerValue('said', 'pong é');
}
"""
second = v2.component("second", html="<button>Ping</button>", css="button { height: 33px }", js=SCRIPT)


def heard():
    # What it said lasts for one run, and other parts of the page begin runs too.
    st.session_state.heard = st.session_state.second.said


second(key="second", on_said_change=heard)
st.text(f"Second kind said {st.session_state.get('heard')}.")

st.dataframe({"letter": ["a", "é"], "number": [1, 2]}, key="table")
st.text("The newest text.")
