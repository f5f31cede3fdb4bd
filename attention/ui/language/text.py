"""Every sentence of the language page, in one table, and its example texts."""

from __future__ import annotations

from typing import NamedTuple

TEXT: dict[str, str] = {
    "title": "See which words each of 28 emotions looks at",
    "text": "Your text, in English",
    "placeholder": "Type or paste a text, a line or a few paragraphs, then press Ctrl+Enter",
    "examples": "Examples",
    "model": "Model",
    "present": "Present",
    "share": "Share",
    "save": "Save",
    "no_model": "No model of emotions is installed. Train one with the commands in the README.",
    # the answer
    "with_one": "with {others}",
    "and": " and ",
    "unsure": "nothing clear",
    "unsure_more": "likeliest {emotion}, {share}, below its threshold",
    "sentiment": "Sentiment",
    "sentiment_hint": "A group’s probability is no sum: emotions are judged one by one.",
    "positive": "positive",
    "negative": "negative",
    "ambiguous": "ambiguous",
    "neutral": "neutral",
    "meta": "{words} words and signs",
    "meta_one": "1 word",
    "meta_time": "read in {milliseconds} ms",
    # the picture
    "reading": "Emotions to words",
    "listing": "Choose an emotion, and the light moves",
    "caption": "Words glow by how much the chosen emotion looked at them; over all words that adds up to 1. Bars are"
    " probabilities, ticks the thresholds.",
    "caption_heatmap": "Each row is one emotion, likeliest first; its colours show which words it looked at and add up"
    " to 1. Every emotion has a query of its own.",
    "caption_arcs": "Each line joins an emotion to a word that it looked at: the stronger and thicker, the more.",
    "caption_heads": "One small picture a head: rows are emotions, likeliest first, columns are words. Choose one to"
    " enlarge it.",
    # a longer text
    "part": "Look into",
    "whole": "The whole text, {sentences} sentences",
    "sentence": "{number} / {sentences}   {text}",
    "too_long_whole": "With more than {words} words, the picture shows one sentence at a time.",
    "too_many_sentences": "The first {shown} of {sentences:,} sentences can be looked into.",
    "timeline": "The feelings, sentence by sentence",
    "timeline_caption": "One curve for each of the strongest emotions; every sentence is read alone. Choose a point, or"
    " a sentence in the list, to look into it.",
    "sentence_column": "Sentence",
    # change it live
    "temperature": "Temperature",
    "temperature_help": "Divides the scores of the attention: below 1 sharpens, above 1 blurs.",
    "normaliser": "Normaliser",
    "normaliser_help": "What turns the scores of the attention into weights. Softmax leaves every word some; sparsemax"
    " and, more gently, entmax-1.5 give weak words exactly none; hard argmax gives one word all.",
    "reset": "Reset",
    "softmax": "softmax",
    "sparsemax": "sparsemax",
    "entmax15": "entmax-1.5",
    "hardmax": "hard argmax",
    "uniform": "off: equal weights",
    "original": "Without your changes",
    "yours": "With your changes",
    "changed_nothing": "Your changes move the attention, but no probability by a whole percentage point.",
    "changed_most": "Your changes move {emotion} most: from {before} to {after}.",
    "change_caption": "The emotions that moved most. Ring: without your changes; dot: with them. The number is the"
    " difference in percentage points.",
    "before_picture": "Weights without your changes",
    "before_caption": "The model's own attention for the likeliest emotions; each row adds up to 1.",
    "difference_picture": "What your changes did to the weights",
    "difference_caption": "Purple: more attention with your changes; orange: less; nothing: the same.",
    # attention and reasons
    "weights": "Weights say where the model looked, not why it found an emotion.",
    "weights_more": "Why weights are not reasons",
    "weights_long": "An attention weight is how much of one word's vector went into an emotion's sum. The vectors have"
    " already been mixed with their neighbours', so the light may lie beside the word that matters, and quite different"
    " weights can give the same answer (Jain & Wallace 2019; for the other side, Wiegreffe & Pinter 2019). “Is the"
    " light honest?” below leaves each word out and measures what really changes.",
    # go deeper
    "more": "Go deeper",
    "compare": "Two texts",
    "honest": "Is the light honest?",
    "file": "Many texts",
    "card": "About the model",
    "word": "Word",
    "emotion": "Emotion",
    "probability_column": "Probability",
    "threshold_column": "Threshold",
    # two texts
    "second_text": "Another text, perhaps with one word changed",
    "compare_same": "Both texts say the same. Change a word in the second.",
    "compare_words": "Only in the first: {first}. Only in the second: {second}.",
    "compare_first": "Only in the first: {first}.",
    "compare_second": "Only in the second: {second}.",
    "compare_order": "Both texts have the same words.",
    "compare_nothing": "No probability moves by a whole percentage point.",
    "compare_rises": "{emotion} rises from {before} to {after}",
    "compare_falls": "{emotion} falls from {before} to {after}",
    "compare_ring": "first text",
    "compare_dot": "second text",
    "compare_caption": "The emotions that differ most. Ring: the first text; dot: the second. The number is the"
    " difference in percentage points.",
    "compare_sentiment": "Sentiment: {first} in the first text, {second} in the second.",
    # is the light honest?
    "honest_emotion": "Emotion",
    "honest_line": "{emotion} falls most without “{dropped}” ({change} points); its attention rests most on “{lit}”.",
    "honest_none": "No single word holds {emotion} up: without any one of them its probability does not fall.",
    "honest_same": "The brightest word, “{lit}”, is also the one that matters most: without it, {emotion} falls by"
    " {change} points.",
    "honest_tau": "Over all {words} words, the order by attention and that by real change {degree} (Kendall's"
    " τ {tau}; 1 is the same order, −1 the reverse, about 0 nothing in common). Weights drawn by lot reach {random} in"
    " this draw; {better} of {draws} such draws agree at least as well as the attention.",
    "honest_mean": "Not just here: over {texts} held-out comments with an emotion, τ is {tau} on average (by lot"
    " {random}), and for {top} the brightest word is the one that matters most (by lot {top_random}).",
    "honest_neutral": "Neutral is another matter: it looks at the words that could speak against it (over {texts}"
    " held-out comments τ is {tau} on average), so its light is not its reason.",
    "honest_short": "With fewer than three words there is no order to compare.",
    "honest_long": "Choose one sentence above: each of its words is left out in turn, which would take too long for"
    " {words} words.",
    "honest_tied": "There is no order to compare: one of the two treats all words alike.",
    "panel_attention": "attention, share",
    "panel_left_out": "left out: drop in probability, percentage points",
    "panel_random": "drawn by lot, share",
    "honest_caption": "One bar a word in each panel, the first of each ranking outlined. The middle panel is what"
    " really happens: the text is read again without the word. A bar below zero: the emotion grows without it.",
    "degree_opposite": "rather disagree",
    "degree_none": "hardly agree",
    "degree_little": "agree a little",
    "degree_fair": "agree fairly well",
    "degree_close": "agree closely",
    # many texts
    "file_input": "A CSV file of texts",
    "file_hint": "CSV or TSV with one text a row, at most {megabytes} MB and {rows:,} rows. It is read here, kept only"
    " for this visit, and written nowhere.",
    "file_header": "The first row names the columns",
    "file_column": "Column with the texts",
    "file_read": "{rows:,} rows, {columns} columns.",
    "file_read_one": "{rows:,} rows, 1 column.",
    "run": "Run",
    "stop": "Stop",
    "file_progress": "{done:,} of {all:,} texts",
    "file_stopped": "Stopped after {done:,} of {all:,} texts. What was read is below; Run reads the rest.",
    "file_done": "{done:,} texts read.",
    "file_unread": "{count:,} of them hold nothing that can be read, or more than {limit:,} characters; their numbers"
    " are left empty.",
    "file_summary": "Which emotions were found",
    "file_summary_caption": "In how many of the texts each emotion is above its threshold; one text can have several.",
    "file_none": "No emotion is above its threshold in any of these texts.",
    "file_sentiments": "Sentiment found: {listed}.",
    "file_table": "Text by text",
    "file_download": "All probabilities (CSV)",
    "column_row": "Row",
    "column_text": "Text",
    "column_emotion": "Strongest",
    "column_probability": "Probability",
    "column_above": "Above threshold",
    "column_sentiment": "Sentiment",
    "column_group": "sentiment {group}",
    "column_sentiment_probability": "Sentiment's probability",
    # about the model
    "attribution": "Emotion labels and comments: GoEmotions, Demszky et al. 2020, Google Research, CC BY 4.0.",
    "scores": "On {comments:,} test comments that it never saw, its macro-F1 is {own} over the 28 labels and"
    " {own_groups} over the four groups. (Macro-F1 is the mean over emotions of how well it finds each without false"
    " alarms; 1 is perfect.) A simple method that counts words (TF-IDF with logistic regression), in the same run, has"
    " {theirs} and {their_groups}. When the model says 30\u00a0%, the emotion is there in about 30 of 100 cases:"
    " forecast and frequency differ by {error} points on average (expected calibration error, mean of the 28 labels).",
    "curve_caption": "How training went: macro-F1 on comments it did not learn from, against minutes of training.",
    "curve_score": "macro-F1 (%)",
    "curve_macro_f1": "28 emotions",
    "curve_sentiment_macro_f1": "4 groups",
    "curve_minutes": "minutes of training",
    # share and save
    "save_html": "Interactive page (HTML)",
    "save_csv": "Weights (CSV)",
    "save_probabilities": "Probabilities (CSV)",
    "save_json": "Exact state (JSON)",
    "save_picture": "PNG and SVG are made in your browser: press “Save picture” under the picture.",
    "python": "The same in Python",
    # present
    "own_scene": "Your text, read while you watch.",
    "own_scene_comment": "Indigo lies on the words that the strongest emotion looked at.",
}

NORMALISERS = ("softmax", "sparsemax", "entmax15", "hardmax", "uniform")
SECTIONS = ("compare", "honest", "file", "card")


class Example(NamedTuple):
    """A text that shows something: its title, the text, and the same with a small change, to put beside it."""

    title: str
    text: str
    twin: str


EXAMPLES: tuple[Example, ...] = (
    Example(
        "Two at once",
        "Thank you so much for feeding my cat, and I am sorry that he bit you.",
        "Thank you so much for feeding my cat, and I am glad that he bit you.",
    ),
    Example(
        "Negation",
        "That is not a good idea, and I do not agree with the dog.",
        "That is a good idea, and I agree with the dog.",
    ),
    Example(
        "Surprise",
        "Wow, I never thought that the turtle would win the race!",
        "Sadly, I always thought that the turtle would win the race!",
    ),
    Example(
        "Fear",
        "I am terrified of spiders, and ours has started to read over my shoulder.",
        "I love spiders, and ours has started to read over my shoulder.",
    ),
    Example(
        "Irony",
        "Oh great, another meeting about how we could have fewer meetings.",
        "Oh no, another meeting about how we could have fewer meetings.",
    ),
    Example(
        "Question",
        "Why does the printer only work when nobody needs it?",
        "The printer only works when nobody needs it, and I hate it.",
    ),
    Example(
        "Love",
        "I love my mom's soup, even when she puts my phone in it.",
        "I hate my mom's soup, even when she puts my phone in it.",
    ),
    Example(
        "A whole day",
        "The alarm clock failed, the coffee machine died, and I missed the bus. I was so angry that I yelled at a"
        " duck.\n\nThen a stranger gave me his hat. Thank you so much, stranger! I wonder why he had two.\n\n"
        "At work they were all waiting with a cake. Wow, I forgot my own birthday! I laughed, I nearly cried, and I"
        " love these people.\n\nI am a little nervous about tomorrow, though. The duck knows where I live.",
        "The alarm clock worked, the coffee was hot, and I caught the bus. I was so happy that I sang for a duck.\n\n"
        "Then a stranger stole my hat. I hate you, stranger! I wonder why he needed two.\n\nAt work nobody was"
        " waiting with a cake. Sadly, they forgot my birthday. I nearly cried, and I miss my people.\n\nI am looking"
        " forward to tomorrow, though. The duck knows where I live.",
    ),
)

SCENES: tuple[tuple[str, str, str], ...] = (
    # text, heading, comment
    (EXAMPLES[0].text, "One sentence, more than one feeling.",
     "Every emotion has a query of its own: gratitude and remorse look at different words."),
    (EXAMPLES[1].text, "A small word turns the rest around.",
     "Leave out “not” twice, and disapproval becomes approval."),
    (EXAMPLES[2].text, "Some feelings are said in one word.",
     "An exclamation is often enough for surprise."),
    (EXAMPLES[4].text, "Irony is hard.",
     "The model has only the words. “Great” still sounds like praise to it."),
)  # fmt: skip
