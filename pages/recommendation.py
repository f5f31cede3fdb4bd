"""Choose books you have read and see the next ten, with the attention over your own list."""

import streamlit as st

from attention.ui.loading import TEXT as LOADING
from attention.ui.page import header, quiet
from attention.ui.recommendation.text import TEXT

header(TEXT["title"])
with st.empty():  # after a start, the first visitor waits some seconds for torch to be imported
    quiet(LOADING["loading"])
    from attention.ui.recommendation import lab

    st.empty()
lab.show()
