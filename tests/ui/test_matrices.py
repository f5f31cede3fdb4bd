import json
import re

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from attention.ui.inspector import decode_floats
from attention.ui.matrices import KINDS, OPERATIONS, TEXT, Edit, Matrix, StripView, strip_html
from attention.ui.matrices.assets import FOLDER, SCRIPTS, file_script, strip_script
from attention.ui.matrices.component import spoken_state
from attention.ui.matrices.view import averaged_down

QUERIES = np.array([[2.0, -2.6, 0.4], [-0.6, -0.5, -0.2]])
KEYS = np.arange(15.0).reshape(5, 3)


def some_strip(**options) -> tuple[Matrix, ...]:
    return (
        Matrix("Q", "Q", QUERIES, "input", "n × d", editable=True),
        Matrix("Kt", "Kᵀ", KEYS.T, "input", "d × m", symbol="·"),
        Matrix("scores", "scores", QUERIES @ KEYS.T, operation="matmul", operands=("Q", "Kt"), symbol="=", **options),
        Matrix("M", "M", np.tri(2, 5, dtype=bool), "mask", editable=True),
    )


def test_payload_holds_exactly_the_numbers() -> None:
    for matrix in some_strip():
        payload = matrix.payload()
        found = decode_floats(payload["values"], payload["shape"])
        np.testing.assert_array_equal(found, matrix.values.astype(np.float32))
        assert payload["shape"] == payload["full_shape"] == list(matrix.values.shape)


def test_payload_is_plain_json_and_keeps_what_is_no_number() -> None:
    values = np.array([[np.nan, np.inf, -np.inf, 1e300]])
    view = StripView((Matrix("s", "s", values),), chosen=("s", 0, 1))
    payload = json.loads(json.dumps(view.payload(), allow_nan=False))
    found = decode_floats(payload["matrices"][0]["values"], (1, 4))
    np.testing.assert_array_equal(found, np.array([[np.nan, np.inf, -np.inf, np.inf]], dtype=np.float32))
    assert payload["chosen"] == ["s", 0, 1]
    assert payload["initial"] is None


def test_operands_are_told_apart() -> None:
    matrix = Matrix("w", "w", KEYS, operation="divide", operands=("Q", "2.5", "√d = 1.7320508", "f(K)", "1e999"))
    assert matrix.payload(["Q", "w"])["operands"] == [
        {"id": "Q"},
        {"name": "", "value": 2.5},
        {"name": "√d", "value": 1.7320508},
        {"name": "f(K)"},
        {"name": "1e999"},
    ]


def test_a_function_is_sent_by_its_name() -> None:
    assert Matrix("w", "w", KEYS, operation="function", function="softmax").payload()["operation"] == "softmax"
    assert Matrix("w", "w", KEYS, operation="matmul").payload()["operation"] == "matmul"


def test_a_single_number_is_one_cell() -> None:
    assert Matrix("d", "d", np.float32(3)).payload()["shape"] == [1, 1]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"values": np.zeros(3)}, "has shape (3,)"),
        ({"values": np.zeros((0, 3))}, "has shape (0, 3)"),
        ({"kind": "heat"}, "is of kind 'heat'"),
        ({"row_labels": ("a",)}, "row_labels of 's' has 1 entries, the matrix needs 2"),
        ({"column_labels": ("a", "b")}, "column_labels of 's' has 2 entries, the matrix needs 3"),
    ],
)
def test_what_does_not_fit_is_refused(wrong: dict, said: str) -> None:
    with pytest.raises(ValueError, match=re.escape(said)):
        Matrix(**{"id": "s", "title": "s", "values": QUERIES, **wrong})


def test_strips_need_ids_of_their_own_and_known_texts() -> None:
    with pytest.raises(ValueError, match="an id of its own"):
        StripView((*some_strip(), some_strip()[0]))
    with pytest.raises(ValueError, match="unknown entries"):
        StripView(some_strip(), text={"no_such_entry": "x"})


def test_large_matrices_are_averaged_down() -> None:
    values = np.arange(128.0 * 3).reshape(128, 3)
    np.testing.assert_allclose(averaged_down(values), values.reshape(64, 2, 3).mean(axis=1))
    np.testing.assert_allclose(averaged_down(values.T), values.reshape(64, 2, 3).mean(axis=1).T)
    small = np.ones((64, 64))
    assert averaged_down(small) is small
    uneven = averaged_down(np.random.default_rng(0).normal(size=(200, 65)))
    assert uneven.shape == (64, 64)


def test_averaging_leaves_out_what_is_no_number() -> None:
    values = np.ones((128, 2))
    values[0, 0] = np.nan
    values[2:4, 1] = np.nan
    found = averaged_down(values)
    assert found[0, 0] == 1
    assert np.isnan(found[1, 1])


def test_averaged_matrices_have_no_labels_and_are_not_edited() -> None:
    labels = tuple(map(str, range(70)))
    payload = Matrix("s", "s", np.ones((70, 2)), "input", row_labels=labels, editable=True, labelled=True).payload()
    assert (payload["shape"], payload["full_shape"]) == ([64, 2], [70, 2])
    assert (payload["row_labels"], payload["editable"], payload["labelled"]) == ([], False, False)


def test_silence_means_the_initial_cell() -> None:
    view = StripView(some_strip(), initial=("scores", 1, 2))
    assert spoken_state(view, None, None).chosen == ("scores", 1, 2)
    assert spoken_state(view, [], None).chosen is None
    assert spoken_state(view, ["Q", 0, 1], None).chosen == ("Q", 0, 1)


@pytest.mark.parametrize("said", [["gone", 0, 0], ["Q", 2, 0], ["Q", 0, -1], ["Q", 0], "Q", ["Q", "x", 0], 7])
def test_a_cell_that_is_not_there_is_no_choice(said: object) -> None:
    assert spoken_state(StripView(some_strip()), said, None).chosen is None


def test_edits_of_cells_that_can_be_edited_are_told() -> None:
    said = [["Q", 1, 2, -0.5], ["Kt", 0, 0, 1], ["M", 1, 4, 1], ["Q", 9, 0, 1], ["Q", 0, 0, "nan"], ["Q", 0, 0, None]]
    state = spoken_state(StripView(some_strip()), None, said)
    assert state.edits == (Edit("Q", 1, 2, -0.5), Edit("M", 1, 4, 1.0))
    assert state.edit == ("M", 1, 4, 1.0)
    assert spoken_state(StripView(some_strip()), None, None).edit is None


def test_every_string_that_the_scripts_use_stands_in_the_table() -> None:
    used = set(re.findall(r"\btext\.([a-z_]+)\b", own_scripts())) - {"replace"}
    assert used
    assert used <= set(TEXT), f"not in the table: {sorted(used - set(TEXT))}"


def test_every_string_in_the_table_is_used() -> None:
    composed = {"png", "svg", "csv"}
    for name in set(TEXT) - composed:
        assert re.search(rf"\btext\.{name}\b", own_scripts()), f"nothing uses {name!r}"


def own_scripts() -> str:
    return "".join((FOLDER / name).read_text(encoding="utf-8") for name in (*SCRIPTS, "mount.js", "file.js"))


def test_every_script_is_shipped() -> None:
    assert {path.name for path in FOLDER.glob("*.js")} == {*SCRIPTS, "mount.js", "file.js"}


def test_scripts_never_write_markup_and_fetch_nothing() -> None:
    for script in (strip_script(), file_script()):
        assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function", script)
        assert not re.search(r"\bfetch\(|XMLHttpRequest|\bimport\(", script)
        assert set(re.findall(r"https?://[^\s\"']+", script)) == {"http://www.w3.org/2000/svg"}


def test_no_name_is_declared_twice() -> None:
    for script in (strip_script(), file_script()):
        declared = re.findall(r"^(?:export default )?(?:function|const|let) (\w+)", script, re.MULTILINE)
        assert sorted(declared) == sorted(set(declared))


def test_saved_page_refers_to_nothing_outside_and_cannot_be_broken_out_of() -> None:
    harmful = "</script><script>alert(1)</script><!--"
    page = strip_html([Matrix("a", harmful, QUERIES, row_labels=(harmful, "b"))], harmful)
    assert page.count("</script>") == 2
    assert "alert(1)</script>" not in page
    assert set(re.findall(r"https?://[^\s\"'<]+", page)) == {"http://www.w3.org/2000/svg"}
    assert not re.search(r"<link|\bsrc=|@import|<iframe", page)


def test_saved_page_holds_the_numbers_and_edits_nothing() -> None:
    page = strip_html(some_strip(), "Scores", initial=("scores", 0, 0))
    embedded = re.search(r'<script type="application/json" id="view">(.*?)</script>', page, re.DOTALL).group(1)
    found = json.loads(embedded)
    np.testing.assert_array_equal(decode_floats(found["matrices"][0]["values"], (2, 3)), QUERIES.astype(np.float32))
    assert not any(matrix["editable"] for matrix in found["matrices"])
    assert found["initial"] == ["scores", 0, 0]


def test_kinds_and_operations_are_those_of_the_scripts() -> None:
    tones = (FOLDER / "tones.js").read_text() + (FOLDER / "strip.js").read_text()
    assert all(f'"{kind}"' in tones for kind in set(KINDS))
    known = (FOLDER / "terms.js").read_text()
    written = set(OPERATIONS) - {"input", "number", "size", "compare", "function"}
    assert all(re.search(rf"^  {name}:", known, re.MULTILINE) for name in written)


def show_strip() -> None:
    import numpy as np
    import streamlit as st

    from attention.ui.matrices import Matrix, matrix_strip

    matrices = [Matrix("a", "a", np.ones((2, 3)), "input", editable=True)]
    state = matrix_strip(matrices, key="one", initial=("a", 1, 2))
    st.write(f"{state.chosen} {state.edits} {state.edit}")


def test_untouched_strip_returns_its_initial_cell() -> None:
    at = AppTest.from_function(show_strip, default_timeout=30).run()
    assert not at.exception
    assert at.markdown[0].value == "('a', 1, 2) () None"
