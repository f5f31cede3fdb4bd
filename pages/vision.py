"""Say which digit to find in a cluttered scene, and see where the model looks for it."""

import streamlit as st

from attention.ui.loading import TEXT as LOADING
from attention.ui.page import header, quiet
from attention.ui.vision.text import TEXT

header(TEXT["title"])
with st.empty():  # after a start, the first visitor waits some seconds for torch to be imported
    quiet(LOADING["loading"])
    from attention.ui.vision import lab

    st.empty()
lab.show()
