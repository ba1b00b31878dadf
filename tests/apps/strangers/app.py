import os
import sys

sys.path.append(os.path.join(os.path.dirname(__file__), "lib"))

import helpers
import streamlit as st
import yaml

st.text(helpers.upper("own"))
st.text(yaml.safe_load("ignored"))
