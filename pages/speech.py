"""Hear some digits spelled letter by letter, with the moments that each letter listened to."""

import streamlit as st

from attention.ui.loading import TEXT as LOADING
from attention.ui.page import header, quiet
from attention.ui.speech.text import TEXT

header(TEXT["title"])
with st.empty():  # after a start, the first visitor waits some seconds for torch to be imported
    quiet(LOADING["loading"])
    from attention.ui.speech import lab

    st.empty()
lab.show()
