"""A part that runs by itself. On a page of its own: it would run into the tests' clicks."""

import streamlit as st


@st.fragment(run_every=0.3)
def ticking():
    st.session_state.ticks = st.session_state.get("ticks", 0) + 1
    st.text("Ticked enough." if st.session_state.ticks > 3 else "Ticking.")


ticking()
