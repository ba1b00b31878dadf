"""Records a sound and takes a picture; and a part of the page asks for `audio` or `video`, the second
argument, by itself, and tells the address that is the first one what became of it; unless that is "-"."""

import cmath
import sys
import wave

import streamlit as st
import streamlit.components.v1 as components



def heard(sound):
    """How long it is, and how loud a tone of 440 Hz is in it, where 1 is the loudest."""
    with wave.open(sound) as file:
        rate, count = file.getframerate(), file.getnframes()
        samples = memoryview(file.readframes(count)).cast("h")[:: file.getnchannels()]
    turn = cmath.exp(-2j * cmath.pi * 440 / rate)
    total, turned = 0, 1
    for sample in samples:
        total, turned = total + sample * turned, turned * turn
    return f"{count / rate:.1f} s with {2 * abs(total) / max(count, 1) / 32768:.2f} at 440 Hz"


st.set_page_config(page_title="Devices")
st.title("Devices")
if len(sys.argv) > 2 and sys.argv[2] == "video":
    picture = st.camera_input("Show something", key="picture")
    st.text(f"Picture of {len(picture.getvalue()) if picture else 0} bytes.")
else:
    sound = st.audio_input("Say something", key="sound")
    what = f"Heard: {heard(sound) if sound else 'nothing'}."
    print(what, flush=True)
    st.text(what)
if len(sys.argv) > 2 and sys.argv[1] != "-":
    components.html(f"""<script>
        const tell = (what) => fetch("{sys.argv[1]}" + what, {{ mode: "no-cors" }});
        navigator.mediaDevices.getUserMedia({{ {sys.argv[2]}: true }}).then(
            (stream) => {{ stream.getTracks().forEach((track) => track.stop()); tell("given"); }},
            (error) => tell(error.name + "-" + (error.constraint ?? "")));
    </script>""")
st.text("The last text.")
