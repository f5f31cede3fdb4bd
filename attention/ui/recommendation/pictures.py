"""`Recommendations` as the inspector shows them: the books recommended, the books read, and the weights between."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from attention.recommendation.answer import Recommendations
from attention.recommendation.recommender import BookRecommender
from attention.ui.inspector import Entry, InspectorView, Listing, Reading
from attention.ui.inspector import Step as PanelStep
from attention.ui.recommendation.text import TEXT
from attention.ui.recommendation.titles import authors_line, distinct_titles

PALE = 0.6  # the largest weight below which the ramp is stretched
STRETCH = 0.05  # to a multiple of this

STYLE = """<style>
.lab-books { list-style: none !important; margin: 0.2rem 0 !important; padding: 0 !important; display: grid;
  gap: 0.1rem 2rem;  grid-template-columns: repeat(auto-fill, minmax(min(100%, 21rem), 1fr)); }
.lab-books li { margin: 0 !important; padding: 0.35rem 0; display: grid;
  grid-template-columns: 1.6rem 1fr auto; gap: 0 0.6rem; align-items: baseline;
  border-bottom: 1px solid color-mix(in srgb, currentColor 10%, transparent); }
.lab-books .rank { text-align: right; font-size: 0.85rem; opacity: 0.75; }
.lab-books .title { font-family: var(--lab-serif); font-size: 1.1rem; line-height: 1.35; overflow-wrap: anywhere; }
.lab-books .note { grid-column: 2 / -1; font-size: 0.85rem; line-height: 1.4;
  color: color-mix(in srgb, currentColor 70%, transparent); }
.lab-books .aside { font-size: 0.85rem; white-space: nowrap; }
.lab-books .up { color: light-dark(#6a4ea3, #b2abd2); }
.lab-books .down { color: light-dark(#a14f05, #fdb863); }
.lab-books li.new .title { text-decoration: underline dotted 2px light-dark(#6a4ea3, #b2abd2);
  text-underline-offset: 0.2em; }
.lab-books li.gone .title { text-decoration: underline 2px light-dark(#b35806, #fdb863); text-underline-offset: 0.2em; }
.lab-column-title { font-family: var(--lab-serif); font-size: 1.1rem; font-weight: 600; margin: 0.5rem 0 0.3rem; }
</style>"""


def recommendation_view(
    recommender: BookRecommender,
    answer: Recommendations,
    changed: Sequence[int] = (),
    initial: Mapping[str, Any] | None = None,
    restore: str = "",
    heading: str = "",
    comment: str = "",
) -> InspectorView:
    """Return everything that the inspector shows of one list's recommendations. answer: with a map and with items.

    changed: the recommended books that differ from those they are compared with.
    """
    read, found = distinct_titles(answer.history), distinct_titles([item.book for item in answer.items])
    chances = [float(item.probability) for item in answer.items]
    query = Listing(
        tuple(
            Entry(title, reason_line(answer, row, read), share=chances[row], strong=False)
            for row, title in enumerate(found)
        ),
        title=found_title(answer),
        full=min(1.0, 1.05 * max(chances)),
    )
    key = Listing(
        tuple(Entry(title, authors_line(book)) for title, book in zip(read, answer.history, strict=True)),
        title=TEXT["read"],
    )
    reading = Reading(
        answer.map,
        TEXT["reading"],
        "books",
        query=query,
        key=key,
        steps=tuple(PanelStep(title) for title in found),
        changed=tuple(changed),
        deepest=deepest_weight(float(answer.map.matrix().max())),
    )
    return InspectorView(
        readings=(reading,),
        meta=meta_line(recommender, answer),
        caption=TEXT["caption"],
        captions={name: TEXT[f"caption_{name}"] for name in ("arcs", "heads")},
        initial=initial or {},
        restore=restore,
        id=f"{recommender.name} {[book.id for book in answer.history]} {[item.book.id for item in answer.items]}",
        text={name: TEXT[name] for name in ("step_of", "previous", "next", "step", "cell")},
        file_stem=recommender.name,
        heading=heading,
        comment=comment,
    )


def found_title(answer: Recommendations) -> str:
    count = len(answer.items)
    return TEXT["found"] if count == 10 else TEXT["found_count"].format(count=count)


def meta_line(recommender: BookRecommender, answer: Recommendations) -> str:
    """Return how many books were chosen, from how many, and how long that took."""
    offered = sum(book.known for book in recommender.books)
    seconds = f"{1000 * answer.seconds:.0f} ms"
    return TEXT["meta"].format(count=len(answer.items), offered=f"{offered:,}", seconds=seconds)


def reason_line(answer: Recommendations, row: int, read: Sequence[str]) -> str:
    """Return the author, and the book of the visitor's that the model looked at most; read: titles of the history."""
    author = authors_line(answer.items[row].book)
    reasons = answer.because[row] if row < len(answer.because) else ()
    if not reasons:
        return author
    return f"{author} · {TEXT['because'].format(title=read[reasons[0]])}"


def deepest_weight(largest: float) -> float:
    """Return the weight that gets the deepest colour: 1, or where all weights are small a round number above them."""
    if largest >= PALE:
        return 1.0
    return min(1.0, max(STRETCH, math.ceil(largest / STRETCH) * STRETCH))


def books_html(rows: Sequence[Mapping[str, Any]]) -> str:
    """Return a list of books as safe HTML. rows: rank, title, note; aside and look ("up", "down") and state ("new",
    "gone") where there are any.
    """
    lines = []
    for row in rows:
        aside = f'<span class="aside {escape(row.get("look", ""))}">{escape(row.get("aside", ""))}</span>'
        lines.append(
            f'<li class="{escape(row.get("state", ""))}"><span class="rank">{row["rank"]}</span>'
            f'<span class="title">{escape(row["title"])}</span>{aside}'
            f'<span class="note">{escape(row["note"])}</span></li>'
        )
    return f'{STYLE}<ol class="lab-books" role="list">{"".join(lines)}</ol>'


def plain_rows(answer: Recommendations) -> list[dict[str, Any]]:
    """Return the recommended books for `books_html`, where there is no attention to show."""
    titles = distinct_titles([item.book for item in answer.items])
    return [
        {"rank": item.rank, "title": title, "note": authors_line(item.book)}
        for title, item in zip(titles, answer.items, strict=True)
    ]
