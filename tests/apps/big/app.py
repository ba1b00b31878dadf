"""One WebSocket message of about 70 MB: more than the usual limits of WebSocket libraries."""

import numpy as np
import pandas as pd
import streamlit as st

ROWS = 700_000

st.title("Big")
st.write("Before the chart.")
columns = {name: np.arange(ROWS, dtype=np.float64) * factor for factor, name in enumerate("abcd", 1)}
# The index makes it five columns: 700,000 rows of 100 bytes in Streamlit's Arrow form.
st.line_chart(pd.DataFrame(columns))
st.write("After the chart.")
