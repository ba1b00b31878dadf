"""Every command of Streamlit that an app without data packages may name, with values of many
kinds. `plain.rs` has the list; the test compares the two."""

import collections
import datetime
import decimal
import enum
import io
import uuid

import streamlit as st

st.set_page_config(page_title="x", page_icon=":material/add:")
CHOICES = [["a", "b"], ("a", "b"), {"a", "b"}, {"a": 1}, range(3), collections.Counter("ab")]
Kind = enum.Enum("Kind", "ONE TWO")


class Thing:
    """A thing."""


for number, options in enumerate([*CHOICES, Kind, [Thing()], [decimal.Decimal(1)]]):
    st.selectbox("x", options, key=f"selectbox{number}")
    st.multiselect("x", options, key=f"multiselect{number}")
    st.radio("x", options, key=f"radio{number}")
    st.pills("x", options, key=f"pills{number}")
    st.segmented_control("x", options, key=f"segmented_control{number}")
st.select_slider("x", [1, 2, 3])
for show in (st.title, st.header, st.subheader, st.markdown, st.text, st.caption, st.code, st.latex):
    show("x")
for show in (st.error, st.warning, st.info, st.success, st.toast, st.badge, st.html):
    show("<b>x</b>")
st.write("a", f"{1}")
st.divider()
st.space("small")
st.metric("x", 1, -2)
st.metric("x", None)
st.json({"a": [1, Thing()]})
st.exception(ValueError("shown"))
st.button("x", on_click=st.balloons)
st.link_button("x", "http://localhost")
st.page_link("http://localhost", label="x")
st.download_button("x", io.BytesIO(b"1"), key="d1")
st.download_button("x", "text", key="d2")
st.checkbox("x")
st.toggle("x")
st.slider("x", 0, 10, 3)
st.slider("x", 0.0, 1.0, (0.2, 0.4), key="s1")
st.slider("x", value=datetime.time(1), key="s2")
st.slider("x", datetime.date(2020, 1, 1), datetime.date(2021, 1, 1), key="s3")
st.number_input("x", 0.0, 1.0, 0.5, format="%.2f")
st.text_input("x", value=None)
st.text_area("x", key="ta")
st.date_input("x", [datetime.date(2020, 1, 1), datetime.date(2020, 1, 2)])
st.datetime_input("x")
st.time_input("x")
st.color_picker("x")
st.file_uploader("x", accept_multiple_files=True)
st.camera_input("x")
st.audio_input("x")
st.feedback("stars")
st.chat_input("x")
st.chat_message("user", avatar="🎈").markdown("x")
st.chat_message("ai").markdown("x")
st.progress(5, text="x")
st.balloons()
st.snow()
with st.spinner("x", show_time=True):
    pass
with st.status("x") as status:
    status.update(label="y", state="complete")
one, two = st.columns([1, 2])
one.metric("x", 1)
two.caption("x")
with st.sidebar, st.container(border=True), st.expander("x"):
    st.popover("x").checkbox("x", key="p")
st.tabs(["a", "b"])[0].text("x")
st.empty().text("x")
with st.form("f"):
    st.form_submit_button("x")


@st.cache_data(ttl=5, hash_funcs={Thing: id})
def data(*values):
    return {"x": datetime.date.today(), "y": values[:2]}


@st.cache_resource
def resource():
    return Thing()


@st.fragment
def fragment():
    st.text("x")


@st.dialog("x")
def dialog():
    st.text("x")


data(1, "a", None, b"1", {1, 2}, uuid.uuid4(), decimal.Decimal(1), datetime.datetime.now(), Thing())
resource()
fragment()
dialog()
st.session_state.setdefault("b", []).append(Thing())
st.query_params["a"] = "1"
try:
    st.secrets["x"]
except (KeyError, FileNotFoundError, st.errors.StreamlitAPIException):
    pass
st.get_option("server.port")


def page():
    if "again" not in st.session_state:
        st.session_state.again = True
        st.rerun()
    if "switched" in st.session_state:
        st.switch_page(page)
    st.stop()


st.navigation({"x": [st.Page(page, title="x", icon="🎈")]}).run()
