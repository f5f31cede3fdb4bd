"""The front door: `streamlit run app.py` serves it, and it lists the pages.

The file is read twice. The server imports it and finds `app`, the ASGI application with its security headers; every
visit then runs it as a script, which draws the page that the visitor asked for.
"""

import streamlit as st

# heading in the menu ("": none), then name and title of its pages; the script is pages/<name>.py, the address is
# /<name>, and the first page is what "/" opens
MENU = {
    "": {
        "overview": "Overview",
        "theory": "Theory",
        "playground": "Playground",
        "translation": "Translation",
    },
    "Applications": {
        "language": "Emotions",
        "recommendation": "Next book",
        "vision": "Find the digit",
        "speech": "Spoken digits",
    },
}


def show() -> None:
    """Draw the frame that all pages share, then the page that was asked for."""
    from attention.ui.links import mark_page
    from attention.ui.page import MARK, TEXT, open_page

    first = next(iter(MENU[""]))
    menu = {
        heading: [st.Page(f"pages/{name}.py", title=title, default=name == first) for name, title in pages.items()]
        for heading, pages in MENU.items()
    }
    st.set_page_config(page_title=TEXT["name"], page_icon=MARK, layout="wide", initial_sidebar_state="collapsed")
    page = st.navigation(menu, position="top")
    mark_page(page.url_path or first, menu=[name for pages in MENU.values() for name in pages])
    with open_page(page.title):
        page.run()


if st.runtime.exists():
    show()
else:
    from streamlit.runtime.pages_manager import PagesManager

    from attention.ui.headers import security_headers

    # Until a visit has called st.navigation, Streamlit would serve the scripts of pages/ on its own, past this file:
    # the very first visit after a start, by a link to a page, would get no menu, no style and no state.
    PagesManager.uses_pages_directory = False
    app = st.App(__file__, middleware=security_headers())
