"""Both kinds of frames that a page of Streamlit's has: a document in place, and a component.

The texts are a contract: the tests look for them.
"""

from pathlib import Path

import streamlit as st
import streamlit.components.v1 as components

st.text("The page itself.")
components.html("<p>A document in place.</p>")
components.declare_component("greeting", path=Path(__file__).parent / "greeting")()
