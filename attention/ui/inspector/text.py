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
