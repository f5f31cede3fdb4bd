"""The attention inspector: the picture of who looked at whom, live in the browser, for every domain.

It knows `AttentionMap` and plain data only. A page builds one frozen `InspectorView` and shows it:

    cross = Reading(
        map=attention_map,                             # AttentionMap over words, end marks included
        title="Cross-attention", name="cross",
        summary=attention_map.matrix(layer=2), summary_title="layer 3, mean of heads",     # shown first
        query=Sentence(("Je", "n'", "ai", "</s>"), ("", " ", "", ""), lang="fr"),
        key=Sentence(("I", "have", "</s>"), ("", " ", ""), lang="en"),
        steps=(Step("Je", candidates=(("Je", 0.93), ("J'", 0.04)), table=(("I", 2.1, 0.86, 0.9), ...)), ...),
        query_end=(3,), key_end=(2,), changed=(1,),
    )
    view = InspectorView(readings=(cross, encoder, decoder), meta="12 ms · 3 words", caption="Each row ...",
                         initial={"step": 2, "view": "arcs"}, file_stem="en-fr-recurrent")
    state = inspector(view, key="translation")         # InspectorState: step, view, map, layer, head, end, pieces

Rows and columns that are the end-of-sentence mark are named in `query_end` and `key_end` (their word in the Sentence is
not printed; the text table's "end_mark" stands for it). A reading with `pieces_of="cross"` is reached by the switch
"Word pieces". For self-attention set `query_line` and `key_line` to the same line.

Rows or columns that are alternatives or things (28 emotions, ten books) are a Listing instead of a Sentence:

    emotions = Reading(
        map=attention_map,                             # 28 emotions x words, rows in the order in which they are listed
        title="Emotions", name="emotions",
        query=Listing((Entry("joy", share=0.62, mark=0.35, strong=True), ...), first=8, title="Emotions"),
        key=Sentence(("What", "a", "day", "!"), ("", " ", " ", ""), lang="en"),     # "\n" in `before` breaks the line
        steps=(Step("joy", table=(("What", 2.1, 0.86, 0.9), ...)), ...),            # or left out
    )
    books = Reading(map=books_map, title="Books", query=Listing((Entry("Dune", "Frank Herbert", share=0.03), ...),
                    full=0.05), key=Listing((Entry("Emma", "Jane Austen"), ...), title="You have read"))

A query Listing is a list of choices beside the keys (its first entry chosen, unless `initial` has a step), with a bar,
the number and a tick at `mark`; a key Listing glows like words. Nothing is played, and the picture's rows are those
that the list shows. Columns that are patches of an image are a Picture:

    digits = Reading(
        map=attention_map,                             # ten digits x 256 patches
        title="Digits", name="digits",
        query=Listing((Entry("seven", share=0.97, mark=0.5), ...)),  # or a Sentence, or a Picture: patches x patches
        key=Picture(pixels, grid=(16, 16), title="The scene", overlays=((Overlay(box, mask, "found"),), ...)),
        extras=(("Rollout", rollout),),                # further matrices, offered after the layers
    )

The weights of the chosen row lie over the image as a veil, and its overlays over that: "heatmap" is this picture, arcs
are not offered, the table lists patches. The veil's scale follows the row unless `deepest` is given. kinds.js says
what a kind of column does.

Columns that are moments of a sound are a Track; rows are then the letters (or words) that were written from it:

    track = Track(seconds=2.5, starts=starts, ends=ends, wave=wave_of(samples), spectrogram=grey_of(log_mels),
                  sound=wav_bytes, spans=(Span(0.2, 0.86, "seven"), ...))       # helpers in inspector.track
    letters = Reading(map=letters_map, title="Letters", query=Sentence(("s", "e", ...), ("", "", ...)), key=track)

Waveform, spectrogram and letters x time stand under one axis of seconds. A new `id` lets the letters appear once,
silently; "Play" plays the sound, a bar moves and the letters follow. Give the view an `id` that changes with the sound.

`text` replaces single entries of TEXT, LISTING_TEXT, PICTURE_TEXT and TRACK_TEXT ("step_of" stands below the chosen
entry in the side panel, before the keys it looked at; "{step}", "{steps}" and "{query}" are filled in).

The component keeps its step and view through reruns, as long as `key` stays; it reports changes 150 ms after the last
one, so that the page can write them into the address. Pass what the address held as `initial`; it counts when the
component first appears, and again only when `restore` (any string) changes. Words are played one by one only when the
view's `id` changes (left out, it follows from the words).

    inspector_html(view, title) -> str                 # one self-contained HTML file
    inspector_present(scenes, key=...) -> bool         # full screen, arrow keys; True once when the visitor leaves
"""

from attention.ui.inspector.component import InspectorState, inspector, inspector_present
from attention.ui.inspector.export import inspector_html
from attention.ui.inspector.listing import Entry, Listing
from attention.ui.inspector.packing import decode_floats, decode_rows, encode_floats
from attention.ui.inspector.picture import Overlay, Picture
from attention.ui.inspector.text import LISTING_TEXT, PICTURE_TEXT, TEXT, TRACK_TEXT
from attention.ui.inspector.track import Span, Track
from attention.ui.inspector.view import VIEWS, InspectorView, Reading, Sentence, Step

__all__ = [
    "LISTING_TEXT",
    "PICTURE_TEXT",
    "TEXT",
    "TRACK_TEXT",
    "VIEWS",
    "Entry",
    "InspectorState",
    "InspectorView",
    "Listing",
    "Overlay",
    "Picture",
    "Reading",
    "Sentence",
    "Span",
    "Step",
    "Track",
    "decode_floats",
    "decode_rows",
    "encode_floats",
    "inspector",
    "inspector_html",
    "inspector_present",
]
