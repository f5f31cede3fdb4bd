import json
import re

import numpy as np
import pytest

from attention.attention_map import AttentionMap
from attention.ui.inspector import (
    LISTING_TEXT,
    TEXT,
    Entry,
    InspectorView,
    Listing,
    Reading,
    Sentence,
    decode_floats,
    inspector_html,
)

BOOKS = Listing((Entry("Emma", "Jane Austen"), Entry("Dune", "Frank Herbert")), lang="en", title="You have read")
CHOICES = Listing(
    (Entry("joy", share=0.75, mark=0.5, strong=True), Entry("fear", share=np.float32(0.125), mark=0.25), Entry("love")),
    first=2,
)


def some_map() -> AttentionMap:
    weights = np.random.default_rng(0).dirichlet(np.ones(2), size=(1, 2, 3))
    return AttentionMap(weights, ("a", "b", "c"), ("x", "y"), "emotion", "book read")


def made_view(**options) -> InspectorView:
    return InspectorView((Reading(some_map(), "Emotions", query=CHOICES, key=BOOKS),), **options)


def test_entries_reach_the_browser_as_plain_json() -> None:
    reading = json.loads(json.dumps(made_view().payload()))["readings"][0]
    assert reading["query"]["words"] == ["joy", "fear", "love"]
    assert reading["query"]["first"] == 2
    assert reading["query"]["entries"][0] == {"text": "joy", "note": "", "share": 0.75, "mark": 0.5, "strong": True}
    assert reading["query"]["entries"][1]["share"] == 0.125
    assert reading["query"]["entries"][2]["share"] is None
    assert [entry["note"] for entry in reading["key"]["entries"]] == ["Jane Austen", "Frank Herbert"]
    assert (reading["key"]["title"], reading["key"]["lang"]) == ("You have read", "en")


def test_weights_are_those_of_the_map() -> None:
    reading = made_view().payload()["readings"][0]
    np.testing.assert_array_equal(decode_floats(reading["weights"], reading["shape"]), some_map().weights)


def test_a_sentence_has_no_entries() -> None:
    assert "entries" not in Reading(some_map(), "Words").payload()["query"]


@pytest.mark.parametrize("share", [-0.1, 1.1, float("nan"), float("inf")])
@pytest.mark.parametrize("what", ["share", "mark"])
def test_shares_and_marks_lie_in_0_to_1(what: str, share: float) -> None:
    with pytest.raises(ValueError, match=f"{what} of 'joy' is {share}"):
        Entry("joy", **{"share": 0.5, what: share})


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: Entry(" "), "has no text"),
        (lambda: Entry("joy", mark=0.5), "needs a bar"),
        (lambda: Listing((Entry("joy"),), first=0), "first is 0"),
        (lambda: Listing((Entry("joy"),), full=0), "full is 0"),
        (lambda: Listing((Entry("joy", share=0.3),), full=0.2), "share of 'joy' is 0.3, above full = 0.2"),
        (lambda: Listing((Entry("joy", share=0.1, mark=0.3),), full=0.2), "mark of 'joy' is 0.3"),
        (lambda: Reading(some_map(), "Books", query=BOOKS), "query of reading 'cross' has 2 entries, the map needs 3"),
        (lambda: Reading(some_map(), "Books", key=CHOICES), "key of reading 'cross' has 3 entries, the map needs 2"),
        (lambda: Reading(some_map(), "Books", deepest=0), "deepest of reading 'cross' is 0"),
        (lambda: Reading(some_map(), "Books", deepest=1.5), "deepest of reading 'cross' is 1.5"),
    ],
)
def test_what_does_not_fit_is_refused(make, said: str) -> None:
    with pytest.raises(ValueError, match=re.escape(said)):
        make()


def test_wording_of_lists_applies_to_lists_and_can_be_replaced() -> None:
    words = InspectorView((Reading(some_map(), "Words", key=BOOKS),))
    assert words.payload()["text"] == TEXT
    assert made_view().payload()["text"] == {**TEXT, **LISTING_TEXT}
    assert made_view(text={"step_of": "was led by"}).payload()["text"]["step_of"] == "was led by"
    assert set(LISTING_TEXT) <= set(TEXT)
    with pytest.raises(ValueError, match="unknown entries"):
        made_view(text={"led_by": "x"})


def test_listings_read_as_text() -> None:
    assert BOOKS.words == ("Emma", "Dune")
    assert str(BOOKS) == "Emma; Dune"
    assert str(Sentence(BOOKS.words)) == "Emma Dune"


def test_saved_page_holds_the_entries_and_no_markup_of_theirs() -> None:
    harmful = "</script><script>alert(1)</script>"
    listing = Listing((Entry(harmful, harmful, share=0.5), Entry("b"), Entry("c")), title=harmful)
    page = inspector_html(InspectorView((Reading(some_map(), "Books", query=listing),)), "Title")
    assert page.count("</script>") == 2
    embedded = re.search(r'<script type="application/json" id="view">(.*?)</script>', page, re.DOTALL).group(1)
    assert json.loads(embedded)["readings"][0]["query"]["entries"][0]["text"] == harmful
