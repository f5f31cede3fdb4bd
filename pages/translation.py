"""Type a sentence and watch a trained model translate it, with the attention weights of every word."""

import streamlit as st

from attention.ui.loading import TEXT as LOADING
from attention.ui.page import header, quiet
from attention.ui.translation.text import TEXT

header(TEXT["title"])
with st.empty():  # after a start, the first visitor waits some seconds for torch to be imported
    quiet(LOADING["loading"])
    from attention.ui.translation import lab

    st.empty()
lab.show()
