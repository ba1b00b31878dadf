import streamlit as st

from board.stock import STOCK


def show() -> None:
    for name, count in STOCK.items():
        st.text(f"{name} {count}")
