"""Records a sound and takes a picture; and a part of the page asks for `audio` or `video`, the second
argument, by itself, and tells the address that is the first one what became of it."""

import sys

import streamlit as st
import streamlit.components.v1 as components

st.set_page_config(page_title="Devices")
st.title("Devices")
if len(sys.argv) > 2 and sys.argv[2] == "video":
    picture = st.camera_input("Show something", key="picture")
    st.text(f"Picture of {len(picture.getvalue()) if picture else 0} bytes.")
else:
    sound = st.audio_input("Say something", key="sound")
    st.text(f"Sound of {len(sound.getvalue()) if sound else 0} bytes.")
if len(sys.argv) > 2:
    components.html(f"""<script>
        const tell = (what) => fetch("{sys.argv[1]}" + what, {{ mode: "no-cors" }});
        navigator.mediaDevices.getUserMedia({{ {sys.argv[2]}: true }}).then(
            (stream) => {{ stream.getTracks().forEach((track) => track.stop()); tell("given"); }},
            (error) => tell(error.name + "-" + (error.constraint ?? "")));
    </script>""")
st.text("The last text.")
