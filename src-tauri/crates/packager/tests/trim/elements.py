"""Every element of Streamlit that shows data."""

import altair
import numpy
import pandas
import pydeck
import streamlit as st
from PIL import Image

frame = pandas.DataFrame({"a": [1.0, 2.0], "b": [3, 4], "lat": [52.5, 52.6], "lon": [13.4, 13.5]})
st.dataframe(frame.style.highlight_max())
st.dataframe(frame, column_config={"a": st.column_config.ProgressColumn("a")})
st.data_editor(frame, num_rows="dynamic")
st.table(frame)
st.metric("a", 1, 2, chart_data=[1, 2, 3])
st.json({"a": [1, None]})
st.write(frame, {"a": 1}, [1, 2], numpy.eye(2), "text", st)
st.line_chart(frame)
st.area_chart(frame, x="a", y="b")
st.bar_chart(frame, stack=True)
st.scatter_chart(frame)
st.altair_chart(altair.Chart(frame).mark_bar().encode(x="a:Q", y="b:Q").interactive())
st.vega_lite_chart(frame, {"mark": "point", "encoding": {"x": {"field": "a"}}})
st.map(frame)
st.pydeck_chart(pydeck.Deck(layers=[pydeck.Layer("ScatterplotLayer", data=frame)]))
st.graphviz_chart("digraph { a -> b }")
st.image(Image.new("RGB", (4, 4)))
st.image(numpy.zeros((4, 4, 3), dtype="uint8"), caption="x")
st.audio(numpy.zeros(100), sample_rate=8000)
st.selectbox("x", frame["a"])
st.multiselect("x", (name for name in "ab"))
st.write_stream(iter(["a", "b"]))
st.download_button("x", frame.to_csv())
st.set_page_config(page_title="x", page_icon=Image.new("RGB", (4, 4)))


@st.cache_data
def cached(table, numbers):
    return table * numbers.sum()


cached(frame, numpy.ones(3))
