"""What the conformance tests compare: files of every kind, and texts as long as they ask for.

No component and no upload widget is needed for the routes themselves.
"""

import hashlib
import random
import struct
import time

import streamlit as st

LARGE = 60 << 20


# Without the spinner, which shows when the machine is slow: every run has the same messages.
@st.cache_resource(show_spinner=False)
def large():
    """60 MB that no compression makes smaller, the same in every run."""
    return random.Random(1).randbytes(LARGE)


def sound():
    """A second of silence as a WAV file."""
    samples = bytes(8000)
    form = struct.pack("<4sIHHIIHH", b"fmt ", 16, 1, 1, 8000, 8000, 1, 8)
    data = struct.pack("<4sI", b"data", len(samples)) + samples
    return struct.pack("<4sI4s", b"RIFF", 4 + len(form) + len(data), b"WAVE") + form + data


st.title("Traffic")
words = "".join(f"{at},{hashlib.sha256(bytes([at])).hexdigest()}\n" for at in range(200))
st.download_button("Words", words, file_name="words.csv", mime="text/csv", key="words")
st.download_button("Name", b"x" * 2000, file_name='a "b" é c.bin', key="name")
st.download_button("Empty", b"", file_name="empty.bin", key="empty")
st.download_button("Large", large(), file_name="large.bin", key="large")
st.audio(sound(), format="audio/wav")

level = st.slider("Level", 0, 1000, 10, key="level")
st.text(f"Level is {level}.")
size = st.slider("Size", 0, 200_000_000, 0, key="size")
st.text("x" * size)
note = st.text_area("Note", key="note")
digest = hashlib.sha256(note.encode()).hexdigest()
st.text(f"Note has {len(note)} letters, SHA-256 {digest}.")
steps = st.slider("Steps", 0, 100_000, 0, key="steps")
progress = st.empty()
for step in range(steps):
    progress.text(f"Step {step}.")
    time.sleep(0.02)
st.session_state.runs = st.session_state.get("runs", 0) + 1
st.text(f"Run {st.session_state.runs}.")
st.text("The last text.")
