"""Records a sound; and a part of the page asks for the microphone by itself, and tells the address
that is the first argument what became of it."""

import sys

import streamlit as st
import streamlit.components.v1 as components

st.set_page_config(page_title="Devices")
st.title("Devices")
sound = st.audio_input("Say something", key="sound")
st.text(f"Sound of {len(sound.getvalue()) if sound else 0} bytes.")
if len(sys.argv) > 1:
    components.html(f"""<script>
        const tell = (what) => fetch("{sys.argv[1]}" + what, {{ mode: "no-cors" }});
        navigator.mediaDevices.getUserMedia({{ audio: true }}).then(
            (stream) => {{ stream.getTracks().forEach((track) => track.stop()); tell("given"); }},
            (error) => tell(error.name));
    </script>""")
st.text("The last text.")
