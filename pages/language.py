"""Type a text and see which emotions a trained model finds in it, and which words each of them looked at."""

import streamlit as st

from attention.ui.language.text import TEXT
from attention.ui.loading import TEXT as LOADING
from attention.ui.page import header, quiet

header(TEXT["title"])
with st.empty():  # after a start, the first visitor waits some seconds for torch to be imported
    quiet(LOADING["loading"])
    from attention.ui.language import lab

    st.empty()
lab.show()
