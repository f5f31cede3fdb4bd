"""Every sentence of the vision page, in one table, with its phrases, its example scenes and those of present mode."""

from __future__ import annotations

from typing import Any, NamedTuple

TEXT: dict[str, str] = {
    "title": "Find the digit, and see where the model looks for it",
    # what to look for
    "find": "What to look for",
    "placeholder": "the seven, 7, every even number, the digit left of the four …",
    "phrases": "Phrases to try",
    "source": "Where the picture comes from",
    "scene": "A scene",
    "own": "Draw your own",
    "photo": "Your picture",
    "new_scene": "New scene",
    "examples": "Example scenes",
    "present": "Present",
    "share": "Share",
    "save": "Save",
    # the answer
    "found_one": "Found: {what}, {sure} sure",
    "found_many": "Found: {what}",
    "found_none": "No {what} here",
    "found_nothing": "Nothing here that “{phrase}” could mean",
    "found_all": "In this picture: {what}",
    "found_empty": "No digit here",
    "none_sure": "The model gives it {share}; from {threshold} on it would say yes.",
    "something": "something it has no name for",
    "and": " and ",
    "the": "the {digit}",
    "right": "That is right.",
    "right_none": "That is right: there is none.",
    "wrong": "That is wrong: meant is {truth}.",
    "wrong_copy": "That is wrong: it is another copy of the same digit.",
    "wrong_none": "That is wrong: nothing here is meant.",
    "overlap_off": "But the box is off: it overlaps the true box by only {box}, the mask the true ink by {mask}.",
    "overlap_line": "The box overlaps the true box by {box}, the mask the true ink by {mask}.",
    "unknown_truth": "Nobody has told the page what stands in this picture, so you are the judge.",
    "copies": "One query, {count} copies of {digit}; copies with a peak of its attention and a box of their own: {hit}."
    " The mask overlaps the true ink of all by {mask}.",
    "meta": "{seconds} · {digits} digits · {patches} patches",
    "meta_one": "{seconds} · 1 digit · {patches} patches",
    "meta_unknown": "{seconds} · {patches} patches",
    # the picture
    "reading_phrase": "Words of the phrase",
    "reading_digits": "Ten digits",
    "reading_encoder": "Patches among themselves",
    "rollout": "Rollout",
    "listing": "How sure, for each digit",
    "whole_phrase": "the whole phrase",
    "picture": "The scene",
    "found_box": "found",
    "truth_box": "truth",
    "caption_digits": "Choose a digit: the veil shows where its query looked; the weights add up to 1. The bar says how"
    " sure the model is that the digit is there, and from the tick on it says yes. Solid: found. Dashed: the truth.",
    "caption_phrase": "Choose a word: the veil shows where its own attention lies. Only the word that names the"
    " landmark leads on, in “left of the four” the four; the row of the whole phrase is what is answered."
    " Solid: found. Dashed: the truth.",
    "caption_encoder": "Point at a patch, or move with the arrow keys: the veil shows at which other patches it looked"
    " while the model read the picture, by layer and head.",
    "caption_heads": "One small picture for each layer and head. Choose one to enlarge it.",
    "caption_table": "The patches looked at most, by row and column from the top left.",
    "weights": "Weights say where the model looked, not why it said yes. What it saw there is in the values that it"
    " fetched, and each patch had already looked around.",
    "weights_more": "What attention explains here, and what not",
    "weights_long": "Box and mask are read from the attention itself, and in training it was shown the true ink: so"
    " here the veil does say where the model found the digit. It does not say why it took it for a seven and not for a"
    " one; that was decided in the stem and the encoder, whose patches had seen their neighbours before any query"
    " looked. A veil beside the digit can therefore still carry its ink, and a veil on the digit is no proof that the"
    " model read it well (Jain & Wallace 2019; Wiegreffe & Pinter 2019). Below, patches are covered and attention is"
    " made uniform: compare the veil with what really changes.",
    # the scene
    "count": "Digits",
    "count_help": "How many digits stand in the scene.",
    "clutter": "Clutter",
    "clutter_help": "Strokes, ticks and blobs that are no digits. 1 is as in the test scenes.",
    "noise": "Noise",
    "noise_help": "Grain over the whole picture. 1 is as in the test scenes.",
    "cover": "Cover",
    "cover_help": "How much of each digit is hidden behind a bar of paper.",
    "overlap": "Overlap",
    "overlap_help": "How far digits may lie over one another.",
    "repeats": "Several copies of one digit",
    "repeats_help": "Let a digit come several times: its one query then has several peaks.",
    # attention
    "temperature": "Temperature",
    "temperature_help": "Divides the scores before they become weights: below 1 sharpens, above 1 blurs.",
    "normaliser": "Normaliser",
    "normaliser_help": "What turns scores into weights, in every layer of the model.",
    "reset": "Reset",
    "softmax": "softmax",
    "sparsemax": "sparsemax",
    "entmax15": "entmax-1.5",
    "hardmax": "hard argmax",
    "uniform": "off: equal weights",
    # what changed
    "original": "The model's own attention",
    "yours": "With your changes",
    "changed_caption": "The same picture and the same query, {what}. The veil is the attention, the box what the model"
    " made of it.",
    "changed_same": "Your changes leave the answer as it was: {answer}.",
    "changed_other": "With its own attention the model says: {before}. With your changes: {after}.",
    # own scene
    "own_hint": "Draw a digit with mouse, finger or keyboard, or drop one in. Each becomes a piece that you can drag,"
    " turn and resize.",
    "own_empty": "Nothing is drawn yet. Draw a digit, or drop one in.",
    # own picture
    "photo_hint": "A photo or scan of handwriting, dark on light or bright on dark: PNG, JPEG, WebP or GIF, up to"
    " {megabytes} MB. It is read in memory and forgotten when you leave; nothing is stored or sent on.",
    "photo_file": "A picture file",
    "photo_camera": "Use the camera",
    "photo_shot": "Photograph your handwriting",
    "photo_none": "There is no picture yet. Choose a file or use the camera; until then you see the scene.",
    "photo_unread": "The picture could not be read: {reason}",
    "photo_no_ink": "No separate strokes were found in the picture, so the model sees all of it, shrunk.",
    "photo_scene": "A square picture with bright strokes on dark is taken for a scene, as it is.",
    "photo_pieces": "{count} pieces of handwriting were found and placed as they stand in the picture.",
    "photo_piece": "One piece of handwriting was found and placed as it stands in the picture.",
    # go deeper
    "more": "Go deeper",
    "honest": "Is the attention honest?",
    "falls": "How accuracy falls",
    "table_section": "All ten digits as a table",
    "card": "About the model",
    "honest_none": "The check needs a digit that was found. Ask for one that is there, or make the picture easier.",
    "honest_lead": "Three checks for {digit}: hide what it looked at, spread its attention evenly, and ask a model that"
    " never had attention.",
    "covered_title": "Cover the patches it looked at",
    "covered_said": "With the {count} patches it looked at most painted over, the model is {share} sure of {digit};"
    " before, {before}. With {count} patches drawn by lot, it stays {random} sure on average.",
    "covered_strong": "So here the attention is honest: what it looked at is what counts.",
    "covered_weak": "So here the attention is a poor guide: what it looked at counts little more than patches by lot.",
    "covered_caption": "How sure the model is of {digit} when more and more patches are painted in the colour of the"
    " paper around: those looked at most first, or drawn by lot (mean of {draws} draws). The lower the solid line under"
    " the dashed one, the more the attention tells.",
    "covered_axis": "patches covered",
    "sure_axis": "how sure",
    "covered_attended": "looked at most first",
    "covered_random": "drawn by lot",
    "covering": "Covering patches …",
    "uniform_title": "Spread its attention evenly",
    "uniform_caption": "The same model and picture. Left its own attention; right every patch weighs the same in every"
    " layer, so that no query can choose.",
    "uniform_said": "With equal weights the model finds {uniform}; with its own attention {own}. There really is"
    " {truth}.",
    "uniform_said_unknown": "With equal weights the model finds {uniform}; with its own attention {own}.",
    "pooled_title": "A model that averages instead of attending",
    "pooled_said": "A model of {parameters} numbers that averages over all patches, instead of {ours} that attend,"
    " finds {pooled}. An average can tell which digits are there; where they are, it has lost: compare box and pointing"
    " in the table.",
    "pooled_none": "The model without attention is not installed.",
    "measured": "Over {scenes} scenes held out",
    "measured_caption": "Presence F1: are the right digits named? Box: overlap with the true box. Pointing: does the"
    " largest weight lie inside the true box? Mask: overlap of the thresholded attention with the true ink.",
    "model": "Model",
    "presence_f1": "Presence F1",
    "box_iou": "Box overlap",
    "pointing": "Pointing",
    "mask_iou": "Mask overlap",
    "phrases_caption": "How often the largest weight lies on what the phrase means, over as many test scenes. Unseen:"
    " combinations of words that training never asked for.",
    "phrase": "Phrases",
    "phrase_right": "Right",
    "phrase_line": "In test scenes, phrases of this kind point at the right digit {share} of the time.",
    "names": "a digit by its name",
    "parities": "even and odd",
    "sizes": "largest and smallest",
    "places": "leftmost, highest …",
    "relations": "left of, above, next to …",
    "unseen": "relations, unseen",
    "unseen_ranks": "even and odd with largest, leftmost …, unseen",
    "ours": "This model",
    "without_attention": "Without attention",
    "uniform_model": "With equal weights",
    "nothing": "nothing",
    "falls_lead": "New scenes are drawn and read live, at several settings of one slider, the others as in the test."
    " The thin line marks your setting.",
    "falls_what": "What grows",
    "falls_progress": "{done} of {all} measurements, {scenes} scenes each",
    "falls_done": "{all} measurements, {scenes} scenes each.",
    "falls_stopped": "Stopped after {done} of {all} measurements.",
    "falls_caption": "Scores by {what}, from 0 to 1. Each point is measured on {scenes} scenes of held-out handwriting,"
    " the same for both models.",
    "falls_axis": "score",
    "falls_alt": "How accuracy falls by {what}",
    "falls_yours": "your setting",
    "digit": "Digit",
    "presence": "How sure",
    "threshold": "Says yes from",
    "there": "Really there",
    "yes": "yes",
    "no": "no",
    "unknown": "–",
    "box": "Box (left, top, right, bottom in px)",
    "iou": "Box overlap",
    "peak": "Largest weight at (column, row)",
    # files
    "save_html": "Interactive page (HTML)",
    "save_image": "The scene (PNG)",
    "save_csv": "Weights (CSV)",
    "save_digits": "What was found (CSV)",
    "save_json": "Exact state (JSON)",
    "save_picture": "PNG and SVG of the veil are made in your browser: press “Save picture” under the picture.",
    "save_photo": "Your own picture is not part of link or state: both hold the settings alone.",
    "python": "The same in Python",
    "own_scene_comment": "Indigo lies on the patches that it looked at.",
    # messages
    "no_model": "No model that finds digits is installed. Train one with the commands in the README.",
    "attribution": "Digits: scikit-learn's bundled copy of the UCI Optical Recognition of Handwritten Digits data set"
    " (E. Alpaydin, C. Kaynak; CC BY 4.0).",
}

DIGIT_NAMES = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
NORMALISERS = ("softmax", "sparsemax", "entmax15", "hardmax", "uniform")
SOURCES = ("scene", "own", "photo")
SECTIONS = ("honest", "falls", "table_section", "card")
CURVES = ("noise", "clutter", "cover", "count")
PHRASE_KINDS = ("names", "parities", "sizes", "places", "relations", "unseen", "unseen_ranks")
SCORES = ("presence_f1", "box_iou", "pointing", "mask_iou")

PHRASES: tuple[str, ...] = (
    "the seven",
    "an even digit",
    "every odd number",
    "the largest digit",
    "the digit left of the four",
)


class Example(NamedTuple):
    """A scene that shows something: what the button says, what to look for, and the settings that differ."""

    title: str
    find: str
    settings: dict[str, Any]


EXAMPLES: tuple[Example, ...] = (
    Example("Several copies of one digit", "the seven", {"seed": 2, "count": 4, "repeats": True}),
    Example("Crowded", "the digit left of the four", {"seed": 1, "count": 7, "overlap": 0.5}),
    Example("Partly hidden", "the two", {"seed": 12, "count": 3, "cover": 0.4}),
    Example("Lost in noise", "every even number", {"seed": 7, "count": 4, "noise": 2.0, "clutter": 2.0}),
)

SCENES: tuple[tuple[Example, str, str], ...] = (
    # example, heading, comment
    (EXAMPLES[0], "One query, several copies.", "Its attention divides among the copies, one peak each."),
    (EXAMPLES[1], "A phrase meets a picture.",
     "The word “four” finds the four; from there the whole phrase points to its left."),
    (EXAMPLES[2], "Bars hide two fifths of each digit.", "The model goes by what is left. How sure is it still?"),
)  # fmt: skip
