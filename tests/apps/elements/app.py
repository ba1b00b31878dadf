"""Elements that need more than text from the proxy, for the conformance tests in browsers."""

import hashlib
import os
import struct
import time

import streamlit as st
import streamlit.components.v1 as components

st.set_page_config(page_title="Elements")


def sound():
    """Two seconds of silence as a WAV file."""
    samples = bytes([128]) * 16000
    form = struct.pack("<4sIHHIIHH", b"fmt ", 16, 1, 1, 8000, 8000, 1, 8)
    data = struct.pack("<4sI", b"data", len(samples)) + samples
    return struct.pack("<4sI4s", b"RIFF", 4 + len(form) + len(data), b"WAVE") + form + data


st.title("Elements")
upload = st.file_uploader("File", key="file")
if upload is not None:
    digest = hashlib.sha256(upload.getvalue()).hexdigest()
    st.text(f"Upload {upload.name} {upload.size} {digest}")

content = bytes(range(256)) * 400
st.download_button("Odd name", content, file_name="a 'b' é c.bin", key="odd")
st.download_button("Nothing", b"", file_name="nothing.bin", key="nothing")

st.audio(sound(), format="audio/wav")
st.image('<svg xmlns="http://www.w3.org/2000/svg" width="40" height="40"><rect width="40" height="40"/></svg>')
picture = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489"
    "0000000d49444154789c6360606060000000050001a5f645400000000049454e44ae426082"
)
st.image(picture, width=30)

echo = components.declare_component("echo", path=os.path.join(os.path.dirname(__file__), "echo"))
st.text(f"Component said {echo(question='ping', default='nothing')}.")
components.html("<p id=inner>inner page</p>", height=50)

st.latex(r"a^2 + b^2")
st.graphviz_chart("digraph { first -> second }")
st.dataframe({"a": [1, 2], "b": [3, 4]})
st.line_chart({"a": [1, 5, 2]})

if st.button("Set query", key="query"):
    st.query_params["set"] = "é & b"
st.text(f"Query {dict(st.query_params)}.")
headers = st.context.headers
st.text(f"Host {headers.get('Host')}.")
st.text(f"Agent {headers.get('User-Agent')}.")
st.text(f"Cookie {st.context.cookies.get('mine')}.")

if st.button("Stream", key="stream"):
    st.write_stream(f"word{at} " for at in range(20))
    progress = st.progress(0)
    for step in range(10):
        progress.progress((step + 1) * 10, f"Progress {step + 1}")
        time.sleep(0.02)

st.link_button("Elsewhere", "https://elsewhere.example/")
st.page_link("pages/second.py", label="To the second page")
if st.button("Switch", key="switch"):
    st.switch_page("pages/second.py")
st.text("The last text.")
