"""Every sentence of the translation page, in one table, and its example sentences."""

from __future__ import annotations

from typing import NamedTuple

TEXT: dict[str, str] = {
    "title": "Watch a model translate, and see which words it looked at",
    "sentence": "Your sentence, in English",
    "placeholder": "Type an English sentence and press Enter",
    "examples": "Examples",
    "model": "Model",
    "present": "Present",
    "share": "Share",
    "save": "Save",
    "meta": "translated in {seconds} · {words} words · mean log-probability {mean} a piece",
    "meta_forced": "your translation · {words} words · mean log-probability {mean} a piece",
    "caption": "Each row is one {target} word; its colours show where the model looked in the {source} sentence and add"
    " up to 1. Words made of several pieces are joined: columns added, rows averaged.",
    "caption_arcs": "Each line joins a {target} word to an {source} word that the model looked at for it: the stronger"
    " and thicker, the more. Point at a word to see its lines alone.",
    "caption_heads": "One small picture a head: rows are {target} words, columns {source} words. Heads differ: some"
    " follow the words in order, some hardly care. Choose one to enlarge it.",
    "caption_pieces": "Each row is one piece that the model wrote, each column one that it read; a row adds up to 1.",
    "caption_encoder": "The encoder reads the {source} sentence: each row is one word of it, and its colours show which"
    " other words that word looked at.",
    "caption_decoder": "The decoder looks back at what it has already written: each row is one {target} word.",
    "cross": "Translation to source",
    "cross_pieces": "Translation to source, pieces",
    "encoder": "Within the source",
    "decoder": "Within the translation",
    "candidates": "and these were the likeliest next pieces",
    "summary": "mean of {layers}",
    "part": "Sentence",
    "whole": "The whole translation",
    # change it live
    "change": "Change the attention",
    "temperature": "Temperature",
    "temperature_help": "Divides the scores of the attention over the source: below 1 sharpens, above 1 blurs.",
    "normaliser": "Normaliser",
    "normaliser_help": "What turns the scores of the attention over the source into weights.",
    "beam": "Beam width",
    "beam_help": "How many translations are kept side by side while searching; 1 takes the likeliest piece each time.",
    "length_penalty": "Length penalty",
    "length_penalty_help": "0 ranks translations by probability, which favours short ones; 1 by the mean a piece.",
    "reset": "Reset",
    "softmax": "softmax",
    "sparsemax": "sparsemax",
    "entmax15": "entmax-1.5",
    "hardmax": "hard argmax",
    "uniform": "off: equal weights",
    "changed_same": "Your changes leave the translation as it was; the weights differ.",
    "changed_nothing": "Searching that way finds the same translation.",
    "changed_words": "Words that your changes replaced are marked in each line.",
    "original": "Without your changes",
    "yours": "With your changes",
    "before_picture": "Weights without your changes",
    "before_caption": "The model's own attention, before your changes: rows are translated words, and add up to 1.",
    "difference_picture": "What your changes did to the weights",
    "difference_caption": "Purple: more attention with your changes; orange: less; nothing: the same.",
    # go deeper
    "more": "Go deeper",
    "compare": "Compare models",
    "own": "Your own translation",
    "beam_tree": "Beam search",
    "card": "About the model",
    "compare_with": "Second model",
    "compare_line": "{model} finds its translation {ratio} {other} finds its own, piece for piece.",
    "own_input": "Your {target} translation of the sentence above",
    "own_placeholder": "Type a {target} translation and press Enter",
    "own_hint": "The model is made to write exactly your words. It then says how likely it finds each of them, and"
    " where it looked for it.",
    "own_likelihood": "The model finds your translation {ratio} its own.",
    "own_same": "That is the model's own translation.",
    "own_likelihood_caption": "One bar a word: the probability that the model gave it after the words before.",
    "times_less": "{times} times less likely than",
    "times_more": "{times} times more likely than",
    "as_likely": "about as likely as",
    "tree_caption": "What the search weighed, left to right, one column a step. The thick line is the answer; faint"
    " ends were dropped. Numbers are log-probabilities of everything up to there.",
    "tree_greedy": "With beam width 1 there is nothing to choose from: the likeliest piece is taken at every step.",
    "word": "Word",
    "probability": "Probability",
    "curve_caption": "How training went: quality on held-out sentences against minutes of training.",
    # share and save
    "save_html": "Interactive page (HTML)",
    "save_csv": "Weights (CSV)",
    "save_json": "Exact state (JSON)",
    "save_picture": "PNG and SVG are made in your browser: press “Save picture” under the picture.",
    "python": "The same in Python",
    "weights_more": "Why weights are not reasons",
    "weights_long": "An attention weight is how much of one word's vector was mixed into the next step. It does not say"
    " that the word decided the result: the vectors have already been mixed by the encoder, other paths carry"
    " information too, and quite different weights can give the same translation (Jain & Wallace 2019; for the other"
    " side, Wiegreffe & Pinter 2019). Change the weights above and watch how much, or how little, changes.",
    "own_scene": "Your sentence, translated while you watch.",
    "own_scene_comment": "Indigo lies on the words that the model looked at for the word it is writing.",
    "no_model": "No translation model is installed. Train one with the commands in the README.",
}

NORMALISERS = ("softmax", "sparsemax", "entmax15", "hardmax", "uniform")
SECTIONS = ("compare", "own", "beam_tree", "card")


class Example(NamedTuple):
    """A sentence that shows something: what it shows, and the sentence."""

    title: str
    sentence: str


EXAMPLES: dict[str, tuple[Example, ...]] = {
    "fr": (
        Example("Reordering", "I have not seen the white house yet."),
        Example("Negation", "She doesn't want to sing tonight."),
        Example("Gender", "My little sister is happy, but my brother is sad."),
        Example("Idiom", "It's raining cats and dogs."),
        Example("Question", "Where did you buy that red umbrella?"),
        Example("Long", "When I was a child, my grandmother told me a story every evening before I fell asleep."),
    ),
    "zh": (
        Example("Reordering", "I will go to Beijing by train tomorrow."),
        Example("Negation", "He has never been to Beijing."),
        Example("Measure words", "I bought three books and two cups of coffee."),
        Example("Idiom", "It's raining cats and dogs."),
        Example("Question", "Do you know where the station is?"),
        Example("Long", "When I was a child, my grandmother told me a story every evening."),
    ),
}

SCENES: tuple[tuple[str, str, str, str], ...] = (
    # model, sentence, heading, comment
    ("en-fr-recurrent", "The cat sleeps.", "A model reads English and writes French.",
     "Each row is a French word; the strong cells show the English words it looked at."),
    ("en-fr-recurrent", "I have not seen the white house yet.", "Word order changes, and attention follows.",
     "“white house” becomes “maison blanche”: the strong cells cross over."),
    ("en-fr-recurrent", "She doesn't want to sing tonight.", "One English word, two French ones.",
     "“ne … pas” stands around the verb; see where its two halves look."),
    ("en-fr-transformer", "My little sister is happy, but my brother is sad.", "The same idea in a Transformer.",
     "Its attention has several layers and heads; this is the mean of them all."),
    ("en-zh-transformer", "I will go to Beijing by train tomorrow.", "Another language, another order.",
     "Chinese says when, then how, then where: tomorrow, by train, to Beijing."),
)  # fmt: skip
