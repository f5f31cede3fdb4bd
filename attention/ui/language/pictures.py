"""An `EmotionReading` as the inspector shows it, and as the line of words and bars above it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from html import escape
from typing import Any

from attention.attention_map import AttentionMap
from attention.language.labels import EMOTIONS, GROUPS, NEUTRAL
from attention.language.reading import EmotionReading
from attention.language.words import Word
from attention.ui.inspector import Entry, InspectorView, Listing, Reading, Sentence
from attention.ui.language.state import order_of
from attention.ui.language.text import TEXT
from attention.ui.wording import percent

FIRST_SHOWN = 8  # emotions in the list before "Show all"
MOST_OTHERS = 2  # emotions named beside the strongest

STYLE = """<style>
.lab-answer-box { container-type: inline-size; }
.lab-answer { display: grid; grid-template-columns: minmax(0, 1fr); gap: 0.9rem 3.5rem; align-items: end;
  margin: 0.25rem 0 0.5rem; }
.lab-answer :is(p, dl, dt, dd) { margin: 0; padding: 0; }
.lab-feeling { font-family: var(--lab-serif); font-weight: 600; font-size: clamp(1.6rem, 1.2rem + 1.6vw, 2.1rem);
  line-height: 1.2; }
.lab-feeling span { font-weight: 400; }
.lab-groups { display: grid; grid-template-columns: repeat(4, minmax(0, 1fr)); gap: 0.3rem 0.75rem; }
.lab-groups dt { font-size: 0.875rem; color: color-mix(in srgb, currentColor 74%, transparent); }
.lab-groups + .lab-quiet { font-size: 0.8125rem; margin-top: 0.45rem; }
.lab-groups .yes dt { font-weight: 600; color: inherit; }
.lab-groups dd { font-size: 0.95rem; }
.lab-track { display: block; position: relative; height: 0.4rem; margin-top: 0.2rem; border-radius: 0.2rem;
  background: color-mix(in srgb, currentColor 10%, transparent); }
.lab-track i { position: absolute; inset: 0 auto 0 0; border-radius: inherit; background: #8b8d94; }
.lab-track b { position: absolute; top: -0.15rem; bottom: -0.15rem; width: 2px; background: currentColor; }
@container (min-width: 780px) { .lab-answer { grid-template-columns: minmax(0, 3fr) minmax(0, 2fr); } }
@container (max-width: 320px) { .lab-groups { grid-template-columns: repeat(2, minmax(0, 1fr)); } }
</style>"""


def emotion_view(
    model: str,
    reading: EmotionReading,
    initial: Mapping[str, Any] | None = None,
    restore: str = "",
    heading: str = "",
    comment: str = "",
) -> InspectorView:
    """Return everything that the inspector shows of one reading: words on one side, 28 emotions on the other."""
    order = order_of(reading)
    entries = tuple(
        Entry(
            EMOTIONS[i],
            share=float(reading.probabilities[i]),
            mark=float(reading.thresholds[i]),
            strong=i in reading.above,
        )
        for i in order
    )
    shown = Reading(
        emotion_rows(reading.map, order),
        TEXT["reading"],
        "emotions",
        query=Listing(entries, lang="en", first=FIRST_SHOWN, title=TEXT["listing"]),
        key=sentence_of(reading.text, reading.words),
    )
    return InspectorView(
        readings=(shown,),
        meta=meta_line(reading),
        caption=TEXT["caption"],
        captions={name: TEXT[f"caption_{name}"] for name in ("heatmap", "arcs", "heads")},
        initial=initial or {},
        restore=restore,
        id=f"{model} {reading.text}",
        file_stem=model,
        heading=heading,
        comment=comment,
    )


def emotion_rows(found: AttentionMap, emotions: Sequence[int]) -> AttentionMap:
    """Return the rows of some emotions, in the order given."""
    rows = [int(i) for i in emotions]
    labels = tuple(found.query_labels[i] for i in rows)
    return replace(found, weights=found.weights[:, :, rows], query_labels=labels, query_geometry=None)


def sentence_of(text: str, words: Sequence[Word]) -> Sentence:
    """Return words with what stands before each in the text, as the inspector's large line wants them."""
    ends = [0, *(word.end for word in words)]
    before = tuple(text[end : word.start] for end, word in zip(ends, words, strict=False))
    return Sentence(tuple(word.text for word in words), before, "en")


def meta_line(reading: EmotionReading) -> str:
    """Return how long the text is, and how long its reading took; a sentence of a longer text has no own time."""
    words = TEXT["meta_one"] if len(reading.words) == 1 else TEXT["meta"].format(words=f"{len(reading.words):,}")
    if not reading.seconds:
        return words
    shown = f"{max(1000 * reading.seconds, 1):.0f}"
    return f"{TEXT['meta_time'].format(milliseconds=shown)} · {words}"


def answer_html(reading: EmotionReading) -> str:
    """Return the answer as safe HTML: the strongest emotion with those beside it, and the four groups as bars."""
    name, more = headline(reading)
    quiet = f'<p class="lab-quiet">{escape(more)}</p>' if more else ""
    groups = "".join(
        _group(group, float(reading.sentiments[i]), float(reading.sentiment_thresholds[i]))
        for i, group in enumerate(GROUPS)
    )
    line = f'<div><p class="lab-feeling">{name}</p>{quiet}</div>'
    listed = f'<dl class="lab-groups" aria-label="{escape(TEXT["sentiment"])}">{groups}</dl>'
    hint = f'<p class="lab-quiet">{escape(TEXT["sentiment_hint"])}</p>'
    answer = f'<div class="lab-answer">{line}<div>{listed}{hint}</div></div>'
    return f'{STYLE}<div class="lab-answer-box">{answer}</div>'


def headline(reading: EmotionReading) -> tuple[str, str]:
    """Return the strongest emotion with its probability as safe HTML, and in plain words what stands beside it."""
    strongest = reading.strongest
    share = percent(reading.probabilities[strongest])
    if strongest not in reading.above:
        more = TEXT["unsure_more"].format(emotion=EMOTIONS[strongest], share=share)
        return escape(TEXT["unsure"].capitalize()), more
    others = [
        f"{EMOTIONS[i]} {percent(reading.probabilities[i])}" for i in reading.above if i not in (strongest, NEUTRAL)
    ]
    more = TEXT["with_one"].format(others=TEXT["and"].join(others[:MOST_OTHERS])) if others else ""
    return f"{escape(EMOTIONS[strongest].capitalize())} <span>{share}</span>", more


def _group(group: str, share: float, threshold: float) -> str:
    name, number = escape(TEXT[group]), escape(percent(share))
    bar = f'<i style="width:{100 * share:.1f}%"></i><b style="left:calc({100 * threshold:.1f}% - 1px)"></b>'
    yes = ' class="yes"' if share >= threshold else ""
    return f'<div{yes}><dt>{name}</dt><dd>{number}<span class="lab-track" aria-hidden="true">{bar}</span></dd></div>'
