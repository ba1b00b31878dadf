"""Logs in by a provider, which `.streamlit/secrets.toml` names."""

import streamlit as st

st.title("Login")
if st.user.is_logged_in:
    st.text(f"Hello {st.user.name} of {st.user.email}.")
    st.button("Log out", on_click=st.logout, key="out")
else:
    st.text("Nobody is logged in.")
    st.button("Log in", on_click=st.login, key="in")
