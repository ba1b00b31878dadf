"""Shows what it was given, so that a test can tell."""

import os
import subprocess
import sys

import streamlit as st

st.title("Secrets")
st.text(f"Key {st.secrets['SERVICE_KEY']} and {os.environ['SERVICE_KEY']}.")
st.text(f"Nested {st.secrets['service']['password']} and {'service.password' in os.environ}.")
st.text(f"Spare {st.secrets.get('SPARE')}.")
child = "import os; print(os.environ['SERVICE_KEY'], 'WATERSKIN_LAUNCH' in os.environ)"
st.text(f"Child {subprocess.run([sys.executable, '-c', child], capture_output=True, text=True).stdout}.")
print("the app says", st.secrets["SERVICE_KEY"], flush=True)
