"""Type a sentence and watch a trained model translate it, with the attention weights of every word."""

import streamlit as st

from attention.ui.loading import TEXT as LOADING
from attention.ui.page import header
from attention.ui.translation.text import TEXT

header(TEXT["title"])
with st.spinner(LOADING["loading"]):  # the first visitor waits for torch to be imported
    from attention.ui.translation import lab
lab.show()
