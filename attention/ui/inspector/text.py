"""Every sentence that the inspector shows, in one table, so that a translator finds them all.

Words in braces are filled in by the browser. `Text` tables given to a view replace single entries; the rest stay.
"""

from __future__ import annotations

TEXT: dict[str, str] = {
    # the answer and its playback
    "skip": "Skip",
    "replay": "Replay",
    # views
    "views": "Views",
    "heatmap": "Heatmap",
    "arcs": "Arcs",
    "heads": "All heads",
    "table": "Table",
    # what is shown
    "reading": "Attention",
    "layer": "Layer",
    "head": "Head",
    "summary": "Summary",
    "mean": "Mean of all",
    "mean_of_heads": "mean of heads",
    "back_to_summary": "Back to the summary",
    "pieces": "Word pieces",
    "end": "Show end of sentence",
    "save": "Save picture",
    "png": "PNG",
    "svg": "SVG",
    # the picture
    "cell": "{query} looked at {key}: {weight}",
    "grid_label": "Attention weights: one row per {query_axis}, one column per {key_axis}",
    "grid_help": "Arrow keys move between cells; up and down also choose the step.",
    "arcs_label": "Arcs from each {query_axis} to the {key_axis}s it looked at",
    "arcs_cut": "Only the {n} most looked at are drawn, in their order.",
    "looked_at": "{query} looked at {list}",
    "looked_from": "{key} was looked at by {list}",
    "heads_label": "One small picture for each layer and head",
    "enlarge": "Enlarge {name}",
    "table_label": "Attention weights as a table",
    "hidden": "hidden",
    "changed": "changed",
    "changed_note": "A dotted line marks the rows that differ from the comparison.",
    "end_mark": "end",
    "deepest": "The deepest colour stands for a weight of {weight}.",
    "hidden_note": "The end of the sentence is hidden: it holds {mean} of the attention in the mean row, at most {most}"
    " ({word}).",
    "hidden_row": "{weight} more on the end of the sentence, hidden here",
    "hidden_none": "The end of the sentence is hidden; hardly any attention rests on it.",
    # the step panel
    "step": "Step",
    "previous": "Previous step",
    "next": "Next step",
    "step_of": "Step {step} of {steps}. To write this word the model looked at",
    "step_of_encoder": "Word {step} of {steps}. To read this word the model looked at",
    "step_of_decoder": "Step {step} of {steps}. While writing this word the model looked back at",
    "candidates": "and these words came next to mind",
    "how": "How: scores, weights, context",
    "how_word": "Word",
    "how_score": "Score",
    "how_weight": "Weight",
    "how_context": "Share of context",
    "probability": "The model gave it a probability of {probability}.",
    "nothing": "There is nothing to show yet.",
    # rows or columns that are a list
    "show_all": "Show all {n}",
    "show_fewer": "Show fewer",
    "mark": "threshold {mark}",
    # a picture
    "picture": "Picture",
    "patch": "row {row}, column {column}",
    "picture_label": "{title}: attention on {rows} × {columns} patches",
    "picture_help": "Arrow keys move between the patches; each says how much was looked at it.",
    "picture_help_self": "Arrow keys move between the patches and show where each of them looked.",
    "patch_weight": "weight of a patch",
    "veil": "Attention",
    "found": "Found",
    "truth": "Truth",
    "patches_of": "Patches that {query} looked at, the strongest first",
    "patch_row": "Row",
    "patch_column": "Column",
    "so_far": "Sum so far",
    "patches_hold": "These {n} of {all} patches hold {share} of the attention.",
    "patches_even": "Attention is spread: these {n} of {all} patches hold only {share} of it.",
    "save_csv": "Save table: CSV",
    # a sound
    "sound": "Sound",
    "play": "Play",
    "pause": "Pause",
    "silent": "The sound cannot be played here; time runs without it.",
    "time": "Time in the sound",
    "time_said": "{time} of {seconds} s, {query}",
    "moment": "{start}–{end} s",
    "space": "space",
    "deepest_or_more": "The deepest colour stands for a weight of {weight} or more.",
    "track_label": "Waveform, spectrogram and attention over {seconds} seconds",
    "track_help": "Arrow keys choose a letter, space plays and pauses, Escape stops.",
    "letters_label": "Letters, one row each",
    "letter_said": "{query} listened most to {key}: {weight}",
    "spans_label": "True words",
    "span_said": "{word} {start}–{end} s",
    "strongest_label": "Where each letter listened most",
    "peak": "Listened most to",
    "stretch": "Nine tenths within",
    "all_weights": "All weights",
    # present mode
    "leave": "Leave the presentation",
    "present_label": "Presentation",
    "scene_of": "{scene} of {scenes}",
}

# What takes the place of the above where the rows are a Listing: nothing was written there, something was chosen.
LISTING_TEXT: dict[str, str] = {
    "step": "Where the chosen one looked",
    "step_of": "looked most at",
    "how_word": "Looked at",
    "grid_help": "Arrow keys move between cells; up and down also choose the row.",
    "arcs_label": "Arcs from each {query_axis} to what it looked at",
}

# What takes the place of the above where the columns are the patches of a picture.
PICTURE_TEXT: dict[str, str] = {
    "step": "Where it looked",
    "previous": "Previous word",
    "next": "Next word",
    "step_of": "looked most at",
    "step_of_encoder": "looked most at",
    "how_word": "Patch",
}

# What takes the place of the above where the columns are the moments of a sound.
TRACK_TEXT: dict[str, str] = {
    "cell": "{query} listened to {key}: {weight}",
    "end": "Show the end mark",
    "step": "Letter",
    "previous": "Previous letter",
    "next": "Next letter",
    "step_of": "Letter {step} of {steps}. To write it the model listened to",
    "candidates": "and these letters came next to mind",
    "how_word": "Time",
}
