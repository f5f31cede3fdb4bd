"""Models loaded once and shared by all visitors.

Nothing heavy is imported before the first page asks for a model.
"""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING

import streamlit as st

if TYPE_CHECKING:
    from attention.language.reader import EmotionReader
    from attention.recommendation.recommender import BookRecommender
    from attention.speech.speller import DigitSpeller
    from attention.translation.translator import Translator
    from attention.vision.finder import DigitFinder

TEXT = {"loading": "Loading the model …"}
WARM_UP = "Hello."  # one short run: torch allocates and picks its kernels before the first visitor waits for it
WARM_UP_BOOK = "hobbit"


@st.cache_resource(show_spinner=False)
def prepare_process() -> bool:
    """Import the heavy libraries, keep torch on one thread, and take what is loaded out of garbage collection.

    Streamlit collects all garbage after every run of a page; with torch, plotly and pandas in memory that would cost
    each click 100–200 ms. Freezing leaves the collection of what is made later as it is.
    """
    import pandas  # noqa: F401
    import torch

    import attention.figures.attention_heatmap  # noqa: F401, brings plotly

    torch.set_num_threads(1)  # several visitors at once gain more than one visitor would from two threads
    gc.collect()
    gc.freeze()
    return True


@st.cache_resource(show_spinner=TEXT["loading"])
def translator(name: str) -> Translator:
    """Return the shipped translation model of that name, warmed up. All visitors share it, so it is never changed.

    Raises what `Translator.load` raises for a name it does not know.
    """
    prepare_process()
    from attention.translation.translator import Translator

    loaded = Translator.load(name)
    loaded.translate(WARM_UP)
    return loaded


@st.cache_resource(show_spinner=TEXT["loading"])
def emotion_reader(name: str) -> EmotionReader:
    """Return the shipped model of emotions of that name, warmed up and shared by all visitors, so never changed."""
    prepare_process()
    from attention.language.reader import EmotionReader

    loaded = EmotionReader.load(name)
    loaded.read(WARM_UP)
    return loaded


@st.cache_resource(show_spinner=TEXT["loading"])
def book_recommender(name: str) -> BookRecommender:
    """Return the shipped recommender of that name with its list of books, shared by all visitors, so never changed."""
    prepare_process()
    from attention.recommendation.recommender import BookRecommender

    loaded = BookRecommender.load(name)
    loaded.recommend([book.id for book in loaded.books.search(WARM_UP_BOOK, limit=1)])
    return loaded


@st.cache_resource(show_spinner=TEXT["loading"])
def digit_finder(name: str) -> DigitFinder:
    """Return the shipped finder of digits of that name, warmed up and shared by all visitors, so never changed."""
    prepare_process()
    from attention.vision.finder import DigitFinder
    from attention.vision.scenes import draw_scene

    loaded = DigitFinder.load(name)
    loaded.find(draw_scene(seed=0).image)
    return loaded


@st.cache_resource(show_spinner=TEXT["loading"])
def digit_speller(name: str) -> DigitSpeller:
    """Return the shipped speller of spoken digits of that name, warmed up and shared by all visitors."""
    prepare_process()
    from attention.speech.clips import clip, voices
    from attention.speech.speller import DigitSpeller
    from attention.speech.strings import join

    loaded = DigitSpeller.load(name)
    loaded.spell(join([clip(1, voices()[0].name)]))
    return loaded
