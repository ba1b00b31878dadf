"""Adds a row at each start to a database beside it, in which its author ships two."""

import sqlite3
from pathlib import Path

import streamlit as st

st.set_page_config(page_title="Stocked")


@st.cache_resource
def store() -> sqlite3.Connection:
    connection = sqlite3.connect("stock.db", check_same_thread=False)
    connection.execute("INSERT INTO stock (name) VALUES ('added')")
    connection.commit()
    return connection


rows = store().execute("SELECT name FROM stock ORDER BY rowid").fetchall()
st.text(f"{len(rows)} rows, the first is {rows[0][0]}.")
beside = Path(__file__).with_name("größe.txt")
beside.write_text(f"{len(rows)}", encoding="utf-8")
st.text(f"Beside it stands {beside.read_text(encoding='utf-8')}.")
st.text(f"Prices are {Path('prices.csv').read_text(encoding='utf-8')}.")
