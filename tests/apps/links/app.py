"""Links of every kind, for the tests. The only argument is the address of another site."""

import sys

import streamlit as st
import streamlit.components.v1 as components

st.set_page_config(page_title="Links")
other = sys.argv[1]

st.session_state.runs = st.session_state.get("runs", 0) + 1
st.text(f"Run {st.session_state.runs}.")
name = st.text_input("Name", key="name")
st.text(f"Name is {name!r}.")
st.markdown(f"[elsewhere]({other}) [mail](mailto:ann@example.org?subject=a%20b)")
st.link_button("One more window", "./second")
st.page_link("pages/second.py", label="Second page")
components.iframe(other, height=80)
st.code("copy = 'é'", language="python")
st.write("The last text.")
