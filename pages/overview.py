"""The first page: what the lab is, one live picture of what attention does, and the way to the other pages."""

import streamlit as st

from attention.ui.links import Number, open_link, show_link, widget_key
from attention.ui.lookup import RANGE_T, RANGE_X, RANGE_Y, Position, lookup
from attention.ui.page import card, header, notice, quiet

TEXT = {
    "line": "See where a neural network looks",
    "lead": (
        "Attention lets each word of a sentence look up what it needs from the others. "
        "In this lab every picture of it is computed live, by functions that you can open, change and try."
    ),
    "caption": (
        "Drag bank towards the water or the money, or use the arrow keys. Indigo is attention, and it adds up to 1; "
        "the ring is the answer, the mean of the words by those weights. Each word’s two numbers were set by hand; "
        "a trained model learns hundreds."
    ),
}

# rows of cards, each card a page file, a title and one line
CARDS = (
    (
        (
            "pages/theory.py",
            "Theory",
            "Fourteen short chapters in which every formula is live, and an article on attention, corrected.",
        ),
        (
            "pages/playground.py",
            "Playground",
            "Write attention as a formula, change anything, and watch every number follow.",
        ),
    ),
    (
        (
            "pages/translation.py",
            "Translation",
            "A trained model translates your sentence word by word, and shows which words it looked at.",
        ),
        (
            "pages/language.py",
            "Emotions",
            "Which of 28 emotions does a text carry, and which words does each of them look at?",
        ),
    ),
    (
        (
            "pages/recommendation.py",
            "Next book",
            "List what you have read; ten books follow, each with what it found among yours.",
        ),
        (
            "pages/vision.py",
            "Find the digit",
            "Ask a picture for “the largest digit”, and see where the model looks; draw your own.",
        ),
        (
            "pages/speech.py",
            "Spoken digits",
            "Say some digits: the model spells them letter by letter, and shows when it listened.",
        ),
    ),
)

QUERY = "bank"
KEYS = {  # where each word lies, set by hand: water to the left, money to the right
    "river": (-1.25, 1.35),
    "water": (-1.85, 0.45),
    "boat": (-1.05, -0.45),
    "loan": (1.2, 1.3),
    "money": (1.8, 0.4),
    "pay": (0.95, -0.55),
}
HOME = Position(-0.5, 0.9, 1.0)
PAGE = "overview"
FIELDS = (
    Number("x", *RANGE_X, HOME.x),
    Number("y", *RANGE_Y, HOME.y),
    Number("temperature", *RANGE_T, HOME.temperature),
)

problems = open_link(PAGE, FIELDS)
header(TEXT["line"], TEXT["lead"])
notice(problems)

keys = [widget_key(PAGE, field.name) for field in FIELDS]
position = lookup(QUERY, KEYS, Position(*(st.session_state[key] for key in keys)), HOME, key="lookup")
for key, value in zip(keys, (position.x, position.y, position.temperature), strict=True):
    st.session_state[key] = value
quiet(TEXT["caption"])

for row in CARDS:
    for column, (file, title, line) in zip(st.columns(len(row)), row, strict=True):
        with column:
            card(file, title, line)
show_link(PAGE, FIELDS)
