import json
import re
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from attention.attention_map import AttentionMap
from attention.figures.attention_heatmap import attention_heatmap
from attention.ui.inspector import (
    TEXT,
    InspectorView,
    Reading,
    Sentence,
    Step,
    decode_floats,
    encode_floats,
    inspector_html,
    inspector_present,
)
from attention.ui.inspector.assets import (
    FOLDER,
    SCRIPTS,
    STYLES,
    file_script,
    inspector_script,
    present_script,
)
from attention.ui.inspector.component import _spoken


def some_map(query_len: int = 3, key_len: int = 5, layers: int = 2, heads: int = 7) -> AttentionMap:
    weights = np.random.default_rng(0).dirichlet(np.ones(key_len), size=(layers, heads, query_len))
    return AttentionMap(weights, tuple("abc")[:query_len], tuple("vwxyz")[:key_len], "French word", "English word")


def test_payload_holds_exactly_the_numbers_of_the_map() -> None:
    found = some_map()
    payload = InspectorView((Reading(found, "Cross", summary=found.matrix(1)),)).payload()["readings"][0]
    np.testing.assert_array_equal(decode_floats(payload["weights"], payload["shape"]), found.weights)
    np.testing.assert_array_equal(decode_floats(payload["summary"], (3, 5)), found.matrix(1))
    assert payload["query_labels"] == list(found.query_labels)
    assert payload["key_labels"] == list(found.key_labels)


@pytest.mark.parametrize(("layer", "head"), [(None, None), (1, None), (0, 6)])
def test_payload_and_figure_show_the_same_numbers(layer: int | None, head: int | None) -> None:
    found = some_map()
    payload = Reading(found, "Cross").payload()
    sent = decode_floats(payload["weights"], payload["shape"])
    chosen = sent.mean(axis=0) if layer is None else sent[layer]
    chosen = chosen.mean(axis=0) if head is None else chosen[head]
    np.testing.assert_allclose(attention_heatmap(found, layer, head).data[0].z, chosen, atol=1e-7)


def test_payload_is_plain_json() -> None:
    step = Step("b", (("b", np.float32(0.75)),), (("v", np.float64(1.5), 0.25, 0.125),), np.float32(-0.5))
    reading = Reading(some_map(), "Cross", steps=(step, step, step), changed=(2,), query_end=(2,), key_end=(4,))
    view = InspectorView((reading,), initial={"step": 1, "view": "arcs"})
    payload = json.loads(json.dumps(view.payload()))
    found = payload["readings"][0]["steps"][1]
    assert found["candidates"] == [["b", 0.75]]
    assert found["table"] == [["v", 1.5, 0.25, 0.125]]
    assert found["log_probability"] == -0.5
    assert payload["initial"] == {"step": 1, "view": "arcs"}


def test_floats_survive_packing() -> None:
    numbers = np.random.default_rng(1).random((2, 3, 5), dtype=np.float32)
    np.testing.assert_array_equal(decode_floats(encode_floats(numbers), numbers.shape), numbers)
    np.testing.assert_array_equal(decode_floats(encode_floats(numbers.T), (5, 3, 2)), numbers.T)


def test_sentence_reads_as_it_is_written() -> None:
    assert str(Sentence(("Je", "n'", "ai", "."), ("", " ", "", ""))) == "Je n'ai."
    assert str(Sentence(("a", "b"))) == "a b"


def test_an_answer_keeps_its_identity_until_its_words_change() -> None:
    found = some_map()
    same = InspectorView((Reading(found, "Cross"),), meta="12 ms")
    other = InspectorView((Reading(found.relabelled(("a", "b", "d"), tuple("vwxyz")), "Cross"),))
    assert InspectorView((Reading(found, "Cross"),)).payload()["id"] == same.payload()["id"]
    assert same.payload()["id"] != other.payload()["id"]
    assert InspectorView((Reading(found, "Cross"),), id="mine").payload()["id"] == "mine"


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"summary": np.zeros((5, 3))}, "summary has shape"),
        ({"query": Sentence(("a",))}, "query of reading 'cross' has 1 entries"),
        ({"steps": (Step("a"),)}, "steps of reading 'cross' has 1 entries"),
        ({"changed": (3,)}, "changed of reading 'cross'"),
        ({"key_end": (5,)}, "key_end of reading 'cross'"),
        ({"default_layer": 2}, "default_layer of reading 'cross'"),
        ({"default_head": -1}, "default_head of reading 'cross'"),
        ({"query_line": "title"}, "names the line 'title'"),
    ],
)
def test_what_does_not_fit_the_map_is_refused(wrong: dict, said: str) -> None:
    with pytest.raises(ValueError, match=re.escape(said)):
        Reading(some_map(), "Cross", **wrong)


def test_views_need_readings_with_names_of_their_own() -> None:
    reading = Reading(some_map(), "Cross")
    with pytest.raises(ValueError, match="at least one"):
        InspectorView(())
    with pytest.raises(ValueError, match="its own name"):
        InspectorView((reading, reading))
    with pytest.raises(ValueError, match="pieces of 'words'"):
        InspectorView((Reading(some_map(), "Pieces", pieces_of="words"),))
    with pytest.raises(ValueError, match="unknown entries"):
        InspectorView((reading,), text={"no_such_entry": "x"})
    with pytest.raises(ValueError, match="before has 1 entries"):
        Sentence(("a", "b"), ("",))
    with pytest.raises(ValueError, match="at least one scene"):
        inspector_present([], key="stage")


def test_the_summary_is_told_apart_from_silence() -> None:
    assert _spoken({"step": 0, "layer": -1, "head": None, "end": False}) == {"step": 0, "layer": None, "end": False}


def test_every_string_that_the_scripts_use_stands_in_the_table() -> None:
    scripts = inspector_script() + present_script()
    used = set(re.findall(r"\btext\.([a-z_]+)\b", scripts)) - {"split", "replace"}
    assert used
    assert used <= set(TEXT), f"not in the table: {sorted(used - set(TEXT))}"


def test_every_string_in_the_table_is_used() -> None:
    scripts = inspector_script() + present_script()
    composed = {"heatmap", "arcs", "heads", "table", "png", "svg", "step_of_encoder", "step_of_decoder"}
    composed |= {"veil", "found", "truth"}
    for name in set(TEXT) - composed:
        assert re.search(rf'\btext\.{name}\b|title: "{name}"', scripts), f"nothing uses {name!r}"


def test_every_script_and_style_of_the_folder_is_used() -> None:
    found = {path.name for path in FOLDER.glob("*.[jc]s*")}
    assert found == {*SCRIPTS, *STYLES, "mount.js", "present.js", "file.js", "present.css"}


def test_the_scripts_name_everything_once() -> None:
    for script in (inspector_script(), present_script(), file_script()):
        names = re.findall(r"^(?:async )?(?:function|const|let|class) (\w+)", script, re.MULTILINE)
        assert len(names) > 300
        assert len(names) == len(set(names)), sorted({name for name in names if names.count(name) > 1})


def test_scripts_never_write_markup() -> None:
    for script in (inspector_script(), present_script(), file_script()):
        assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function", script)


def test_scripts_fetch_nothing() -> None:
    sources = "".join(path.read_text() for path in Path(FOLDER).glob("*.[jc]s*"))
    assert not re.search(r"\bfetch\(|XMLHttpRequest|@import|url\(\s*['\"]?(https?:)?//|\bimport\(", sources)
    assert set(re.findall(r"https?://[^\s\"']+", sources)) == {"http://www.w3.org/2000/svg"}


def saved_page(label: str = "a") -> str:
    found = some_map().relabelled((label, "b", "c"), tuple("vwxyz"))
    return inspector_html(InspectorView((Reading(found, "Cross"),)), title=f"Title {label}")


def test_saved_page_refers_to_nothing_outside() -> None:
    page = saved_page()
    assert set(re.findall(r"https?://[^\s\"'<]+", page)) == {"http://www.w3.org/2000/svg"}
    assert not re.search(r"<link|\bsrc=|@import|<iframe", page)
    assert "default-src 'none'" in page


def test_words_cannot_end_the_script_or_add_markup() -> None:
    page = saved_page("</script><script>alert(1)</script><!--")
    assert page.count("</script>") == 2
    assert "alert(1)</script>" not in page
    assert "&lt;/script&gt;" in page
    embedded = re.search(r'<script type="application/json" id="view">(.*?)</script>', page, re.DOTALL).group(1)
    assert "<" not in embedded
    assert json.loads(embedded)["readings"][0]["query_labels"][0] == "</script><script>alert(1)</script><!--"


def test_saved_page_holds_the_numbers() -> None:
    embedded = re.search(r'<script type="application/json" id="view">(.*?)</script>', saved_page(), re.DOTALL).group(1)
    reading = json.loads(embedded)["readings"][0]
    np.testing.assert_array_equal(decode_floats(reading["weights"], reading["shape"]), some_map().weights)


@pytest.mark.parametrize(("theme", "dark"), [("light", 0), ("dark", 1), ("light dark", 1)])
def test_saved_page_follows_the_theme_asked_for(theme: str, dark: int) -> None:
    page = inspector_html(InspectorView((Reading(some_map(), "Cross"),)), "Title", theme=theme)
    assert page.count("--st-background-color: #13151c") == dark
    with pytest.raises(ValueError, match="theme is 'sepia'"):
        inspector_html(InspectorView((Reading(some_map(), "Cross"),)), "Title", theme="sepia")


def show_inspector() -> None:
    import numpy as np
    import streamlit as st

    from attention.attention_map import AttentionMap
    from attention.ui.inspector import InspectorView, Reading, inspector

    found = AttentionMap(np.full((1, 1, 2, 2), 0.5), ("a", "b"), ("c", "d"))
    view = InspectorView((Reading(found, "Cross"),), initial={"step": 1, "view": "arcs", "junk": 3})
    st.write(str(inspector(view, key="one")))


def test_untouched_inspector_returns_its_initial_state() -> None:
    at = AppTest.from_function(show_inspector, default_timeout=30).run()
    assert not at.exception
    assert "InspectorState(step=1, view='arcs', map=None" in at.markdown[0].value
