import qrcode
import streamlit as st

code = qrcode.QRCode()
code.add_data("crate 7")
code.make()
st.text(len(code.get_matrix()))
