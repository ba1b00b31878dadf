"""A minute of sound and half a minute of pictures, to be played from any place; and H.264 with AAC."""

import io
import math
import wave

import streamlit as st


@st.cache_data
def sound(seconds=60, rate=8000):
    file = io.BytesIO()
    with wave.open(file, "wb") as made:
        made.setnchannels(1)
        made.setsampwidth(1)
        made.setframerate(rate)
        wanted = range(seconds * rate)
        made.writeframes(bytes(128 + round(20 * math.sin(at / rate * 440 * 2 * math.pi)) for at in wanted))
    return file.getvalue()


st.audio(sound(), format="audio/wav")
st.video("clip.webm")
st.video("clip.mp4")
st.text("The last text.")
