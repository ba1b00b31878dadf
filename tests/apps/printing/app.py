import sys

import streamlit as st

st.text("Ready to print.")
if st.button("Print", key="print"):
    sys.stdout.write("\033[31mRot é\033[0m \033[38;2;255;140;0mOrange\033[0m \033[1mBold\033[0m\n")
    # The line goes on, and what is there already is seen: a log of whole lines shows nothing yet.
    sys.stdout.write("rows  10%\rrows \033[32m 55%\033[0m")
    sys.stdout.flush()
    st.text("Printed.")
if st.button("Flood", key="flood"):
    for number in range(20_000):
        print(f"line {number} of the flood")
    st.text("Flooded.")
