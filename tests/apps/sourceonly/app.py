import docopt
import streamlit as st

USAGE = "usage: ship [--express] <town>"

line = st.text_input("Order", "--express Husum", key="order")
try:
    st.json(dict(docopt.docopt(USAGE, argv=line.split(), help=False)))
except docopt.DocoptExit as mistake:
    st.error(str(mistake))
