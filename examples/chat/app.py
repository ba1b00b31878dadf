"""A chat that streams its answers from a local model."""

import time
from collections.abc import Iterator
from pathlib import Path

import streamlit as st

from model import Model, Settings

NOTES = Path(__file__).parent / "notes.txt"
SUGGESTIONS = {
    "How do I find water in a dry valley?": ":material/explore:",
    "How much water should I carry?": ":material/backpack:",
    "Is clear water safe to drink?": ":material/science:",
}

st.set_page_config(page_title="Chat", page_icon=":material/forum:")


@st.cache_resource(show_spinner="The model learns …")
def load_model() -> Model:
    return Model(NOTES.read_text(encoding="utf-8"))


def choose_settings() -> tuple[Settings, int]:
    """The settings of the sidebar, and the words per second."""
    side = st.sidebar
    side.header("Settings")
    temperature = side.slider(
        "Temperature", 0.0, 1.5, 0.7, 0.1, key="temperature", help="0 quotes its text, 1.5 invents."
    )
    words = side.slider("Words in a reply", 20, 150, 60, 10, key="words")
    speed = side.select_slider("Words per second", [5, 10, 20, 40, 80], 20, key="speed")
    if side.button("New conversation", icon=":material/delete:", width="stretch", key="clear"):
        st.session_state.messages = []
    return Settings(temperature, words), speed


def remembered(words: Iterator[str], message: dict[str, str], speed: int) -> Iterator[str]:
    """Passes the words on at a reading pace, and keeps each one in the history as it is said.

    The script can be interrupted between two words; what was said by then stays.
    """
    for word in words:
        message["content"] += word
        yield word
        time.sleep(1 / speed)


def main() -> None:
    settings, speed = choose_settings()
    messages = st.session_state.setdefault("messages", [])

    st.title("Ask the water carrier")
    st.caption(
        "A small model on your own machine, which has read one text about walking with water."
    )
    prompt = st.chat_input("Ask about water", key="prompt")
    if not messages and not prompt:
        prompt = st.pills(
            "Try one of these", SUGGESTIONS, format_func=lambda text: f"{SUGGESTIONS[text]} {text}"
        )

    for message in messages:
        with st.chat_message(message["role"]):
            st.markdown(message["content"])
    if not prompt:
        return

    messages.append({"role": "user", "content": prompt})
    with st.chat_message("user"):
        st.markdown(prompt)
    answer = {"role": "assistant", "content": ""}
    messages.append(answer)
    with st.chat_message("assistant"):
        st.write_stream(remembered(load_model().reply(prompt, settings), answer, speed))


main()
