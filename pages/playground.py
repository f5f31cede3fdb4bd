"""Write attention as a formula and see every number of it: matrices, gradients, costs, a run in a trained model."""

import streamlit as st

from attention.ui.page import header, quiet
from attention.ui.playground.text import TEXT

header(TEXT["title"])
with st.empty():  # after a start, the first visitor waits some seconds for torch to be imported
    quiet(TEXT["loading"])
    from attention.ui.playground import lab

    st.empty()
lab.show()
