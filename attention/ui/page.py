"""What all pages share: the style, the name at the top, the first line, notices, cards and the footer.

Colours come from the theme: the style sheet mixes the theme's own text colour with nothing, so that it holds in light
and in dark. A widget whose key ends in `_sentence` gets the large serif of sentences.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape
from pathlib import Path

import streamlit as st
from streamlit.errors import StreamlitAPIException

TEXT = {
    "name": "Attention Lab",
    "weights": "Weights say where the model looked, not why it chose a word.",
    "footer": (
        "Attention Lab is free software (MIT). Sentences from "
        '<a href="https://tatoeba.org" rel="noopener noreferrer">Tatoeba</a> (CC BY 2.0 FR), emotion labels from '
        "GoEmotions (CC BY 4.0), book ratings from goodbooks-10k (CC BY-SA 4.0), handwritten digits from UCI "
        "(CC BY 4.0), spoken digits from FSDD (CC BY-SA 4.0). "
        "Built with Streamlit, PyTorch and Plotly. No third party is contacted."
    ),
}

# A map of three words whose last two change places, as in "white house" and "maison blanche". The middle tone holds
# on paper and on night.
MARK = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32" width="32" height="32" fill="#656ed0">
<rect x="1" y="1" width="9" height="9" rx="2"/><rect x="12" y="1" width="9" height="9" rx="2" opacity=".3"/>
<rect x="23" y="1" width="8" height="9" rx="2" opacity=".16"/>
<rect x="1" y="12" width="9" height="9" rx="2" opacity=".16"/>
<rect x="12" y="12" width="9" height="9" rx="2" opacity=".38"/><rect x="23" y="12" width="8" height="9" rx="2"/>
<rect x="1" y="23" width="9" height="8" rx="2" opacity=".24"/><rect x="12" y="23" width="9" height="8" rx="2"/>
<rect x="23" y="23" width="8" height="8" rx="2" opacity=".3"/></svg>"""

STYLE = """<style>
:root {
  --lab-serif: "Source Serif", "Noto Serif CJK SC", Georgia, serif;
}
/* the frame */
[data-testid="stMainBlockContainer"] { max-width: 68rem; padding: 4.75rem 1.5rem 2rem; }
.st-key-page { min-height: calc(100vh - 11rem); }
:has(> .stLogo) { display: flex; align-items: center; }
:has(> .stLogo)::after { content: "Attention Lab"; font-family: var(--lab-serif); font-weight: 600;
  color: inherit; font-size: 1.15rem; margin: 0 1.25rem 0 0.6rem; white-space: nowrap; letter-spacing: -0.005em; }
.stLogo { height: 1.35rem; margin: 0; }
:is([data-testid="stTopNavLink"], [data-testid="stTopNavSection"]) { border-radius: 0.375rem; }
:is([data-testid="stTopNavLink"], [data-testid="stTopNavSection"]) p { font-size: 0.95rem; }
[class*="st-key-address_"] { display: none; }
/* words */
h1, h2, h3 { letter-spacing: -0.005em; }
.stMarkdown [data-testid="stMarkdownContainer"] p { max-width: 70ch; text-wrap: pretty; }
[data-testid="stMainBlockContainer"] { font-variant-numeric: tabular-nums; }
.lab-title { font-family: var(--lab-serif); font-weight: 600; font-size: clamp(1.75rem, 1.2rem + 2.2vw, 2.5rem);
  line-height: 1.15; margin: 0; padding: 0; text-wrap: balance; }
.lab-lead { font-size: 1.075rem; line-height: 1.55; max-width: 62ch; margin: 0.6rem 0 0; text-wrap: pretty;
  color: color-mix(in srgb, currentColor 76%, transparent); }
.lab-quiet { font-size: 0.9rem; line-height: 1.5; max-width: 70ch; margin: 0; text-wrap: pretty;
  color: color-mix(in srgb, currentColor 70%, transparent); }
.lab-quiet a { color: inherit; text-underline-offset: 0.15em; }
/* sentences that are typed */
[class*="st-key-"][class*="_sentence"] input, [class*="st-key-"][class*="_sentence"] textarea {
  font-family: var(--lab-serif); font-size: clamp(1.35rem, 1rem + 1.6vw, 1.9rem); line-height: 1.3;
  padding: 0.45rem 0.8rem; height: auto; }
[class*="st-key-"][class*="_sentence"] [data-baseweb],
[class*="st-key-"][class*="_sentence"] [data-testid$="RootElement"] {
  height: auto; min-height: 3.4rem; }
/* small quiet controls */
[data-testid="stWidgetLabel"] p { font-size: 0.875rem; color: color-mix(in srgb, currentColor 74%, transparent); }
[data-testid="stExpander"] summary p { font-size: 0.95rem; }
/* notices */
.lab-notice { border-left: 3px solid color-mix(in srgb, currentColor 45%, transparent); padding: 0.2rem 0 0.2rem 0.9rem;
  margin: 0; max-width: 70ch; line-height: 1.5; overflow-wrap: anywhere; }
.lab-notice p { margin: 0.15rem 0; }
.lab-notice.error { border-left-color: light-dark(#b3261e, #ff8f85); }
/* cards */
[class*="st-key-card_"] { position: relative; border: 1px solid color-mix(in srgb, currentColor 16%, transparent);
  border-radius: 0.5rem; padding: 1.1rem 1.25rem 1.2rem; gap: 0.25rem; transition: border-color 0.15s; height: 100%; }
[class*="st-key-card_"]:hover, [class*="st-key-card_"]:focus-within {
  border-color: color-mix(in srgb, currentColor 55%, transparent); }
[class*="st-key-card_"] a { padding: 0; background: none; }
[class*="st-key-card_"] a::after { content: ""; position: absolute; inset: 0; border-radius: inherit; }
[class*="st-key-card_"] a:focus-visible { outline: none; box-shadow: none; }
[class*="st-key-card_"]:has(a:focus-visible) { outline: 2px solid currentColor; outline-offset: 2px; }
[class*="st-key-card_"] a p { font-family: var(--lab-serif); font-size: 1.3rem; font-weight: 600; }
/* footer */
.st-key-footer { border-top: 1px solid color-mix(in srgb, currentColor 12%, transparent); padding-top: 1rem;
  margin-top: 3rem; }
@media (max-width: 640px) {
  [data-testid="stMainBlockContainer"] { padding: 4rem 1rem 1.5rem; }
}
@media (prefers-reduced-motion: reduce) { * { transition: none !important; } }
</style>"""


def open_page(title: str) -> st.delta_generator.DeltaGenerator:
    """Draw style, name and footer; return the container that the page is drawn in."""
    st.html(STYLE)
    st.logo(MARK, size="medium")
    st.set_page_config(page_title=f"{title} · {TEXT['name']}")
    body = st.container(key="page")
    with st.container(key="footer"):
        st.html(f'<p class="lab-quiet">{TEXT["footer"]}</p>')
    return body


def header(line: str, lead: str = "") -> None:
    """Say in one line what can be seen here; `lead` may add a sentence or two."""
    more = f'<p class="lab-lead">{escape(lead)}</p>' if lead else ""
    st.html(f'<h1 class="lab-title">{escape(line)}</h1>{more}')


def quiet(text: str) -> None:
    """Write a caption: small, muted, plain text."""
    st.html(f'<p class="lab-quiet">{escape(text)}</p>')


def weights_line() -> None:
    """Say what attention weights do not tell."""
    quiet(TEXT["weights"])


def notice(messages: str | Sequence[str], error: bool = False) -> None:
    """Show messages as plain text beside a thin rule, red for errors; nothing when there are none."""
    listed = [messages] if isinstance(messages, str) else list(messages)
    if not listed:
        return
    text = "".join(f"<p>{escape(message)}</p>" for message in listed)
    role, look = ("alert", "lab-notice error") if error else ("status", "lab-notice")
    st.html(f'<div class="{look}" role="{role}">{text}</div>')


def offer_file(
    label: str, make: Callable[[], str | bytes], file_name: str, mime: str, key: str, width: str = "content"
) -> None:
    """Offer a file that is made only when it is asked for; the page is not run again by that.

    One made beforehand would be replaced by the next run, sometimes before the browser has looked at it. make runs
    outside the visitor's session, so all that it needs goes along.
    """
    st.download_button(label, data=make, file_name=file_name, mime=mime, key=key, on_click="ignore", width=width)


def card(file: str, title: str, line: str) -> None:
    """Draw a card that opens a page; a page that the menu does not have is named without a link."""
    with st.container(key=f"card_{Path(file).stem}"):
        try:
            st.page_link(file, label=title)
        except StreamlitAPIException:
            st.html(f"<p>{escape(title)}</p>")
        quiet(line)
