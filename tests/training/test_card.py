from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from attention.training.card import (
    CardError,
    CardFacts,
    DataFacts,
    Score,
    card,
    command_text,
    read_data_facts,
    read_metadata,
    write_metadata,
)

ATTRIBUTION = "Sentences: Tatoeba (tatoeba.org), CC BY 2.0 FR; split."
LOG = tuple(
    {"minutes": 5.0 * n, "step": 700 * n, "epoch": n, "train_loss": 3.0, "valid_loss": 4 / n, "score": 10.0 + n % 19}
    for n in range(1, 21)
)
FACTS = CardFacts(
    name="en-fr-tiny",
    title="English → French, tiny",
    summary="A small model.",
    pipeline_tag="translation",
    languages=("en", "no"),
    tags=("attention", "pytorch"),
    parameters=1234567,
    storage="8-bit rows",
    data=DataFacts("Tatoeba: pairs", "tatoeba_en_fr", "CC BY 2.0 (France)", ATTRIBUTION, "Nine pairs."),
    command="python -m attention train translation --seed 1",
    seed=1,
    minutes=100.2,
    machine="2 CPU cores",
    log=LOG,
    split="test split",
    scores=(Score("bleu", "BLEU, beam 4", 50.126), Score("chrf", "chrF, beam 4", 66.0)),
    how_scored="Counted by sacreBLEU as `nrefs:8|tok:13a`.",
    evaluate_commands=("python -m attention evaluate translation --model en-fr-tiny",),
    sections=(("How readable its attention is", "Rather."),),
    limits=("Short sentences.", "Tom."),
)


def test_a_card_states_all_its_facts():
    text = card(FACTS)
    for wanted in (
        "# English → French, tiny", "1,234,567 parameters", ATTRIBUTION, FACTS.command, "Seed 1.", "100 minutes",
        "2 CPU cores", "14,000 steps", "minute 90", "| BLEU, beam 4 | 50.1 |", "`nrefs:8|tok:13a`",
        FACTS.evaluate_commands[0], "## How readable its attention is\n\nRather.", "- Tom.", "CC BY 2.0 (France)",
    ):  # fmt: skip
        assert wanted in text
    assert text.count(ATTRIBUTION) == 2  # with the data, and with the licence of the parameters


def test_a_command_spells_out_its_options_in_lines_that_a_shell_joins():
    text = command_text("do it", {"valid_sources": 400, "rate": 2.0, "decay": 0.05, "json": ""}, width=24)
    assert text == "do it \\\n  --valid-sources 400 \\\n  --rate 2 --decay 0.05 \\\n  --json"


def test_digits_of_a_score_are_its_own():
    assert "| macro F1 | 0.489 |" in card(replace(FACTS, scores=(Score("f1", "macro F1", 0.4891, digits=3),)))


def test_a_note_stands_with_the_training():
    text = card(replace(FACTS, note="The budget was raised at minute 40."))
    assert text.index("## Training\n") < text.index("raised at minute 40") < text.index("## Scores")
    assert "\n\n\n" not in card(FACTS)


def test_the_table_of_a_long_run_keeps_first_and_last_row():
    rows = [line for line in card(FACTS).split("\n") if line.startswith("| ") and line[2].isdigit()]
    assert len(rows) == 8
    assert rows[0].startswith("| 5 |")
    assert rows[-1].startswith("| 100 |")


def test_the_header_says_what_the_hub_asks_for():
    metadata = read_metadata(card(FACTS))
    assert metadata["license"] == "cc-by-2.0"
    assert metadata["language"] == ["en", "no"]  # which YAML would take for a negation if it were not quoted
    assert metadata["pipeline_tag"] == "translation"
    assert metadata["datasets"] == ["tatoeba_en_fr"]
    assert metadata["metrics"] == ["bleu", "chrf"]
    (model,) = metadata["model-index"]
    assert model["name"] == "en-fr-tiny"
    assert model["results"][0]["dataset"]["name"] == "Tatoeba: pairs"
    assert model["results"][0]["metrics"][0] == {"type": "bleu", "name": "BLEU, beam 4", "value": 50.13}


def test_the_hubs_own_reader_accepts_the_header():
    hub = pytest.importorskip("huggingface_hub", reason="huggingface_hub is the oracle here")
    data = hub.ModelCard(card(FACTS)).data
    assert (data.license, data.language, data.pipeline_tag) == ("cc-by-2.0", ["en", "no"], "translation")
    assert [(result.metric_type, result.metric_value) for result in data.eval_results] == [
        ("bleu", 50.13),
        ("chrf", 66),
    ]


NOT_KEYS = {"y", "n", "no", "on", "yes", "off", "true", "false", "null"}
KEYS = st.from_regex(r"[a-z][a-z_-]{0,8}", fullmatch=True).filter(lambda key: key not in NOT_KEYS)
SCALARS = st.one_of(
    st.text(max_size=12),
    st.sampled_from(["no", "1.0", "- x", "a: b", "a #b", "~", "", " x", "null", "2026-01-01", "1e5", "0x1F", "é"]),
    st.integers(-999, 999),
    st.floats(-99, 99).map(lambda x: round(x, 2)),
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.dictionaries(KEYS, inner, min_size=1, max_size=3)
        | st.lists(SCALARS | st.dictionaries(KEYS, inner, min_size=1, max_size=3), min_size=1, max_size=3)
    ),
    max_leaves=8,
)


@settings(max_examples=60, deadline=None)
@given(metadata=st.dictionaries(KEYS, VALUES, min_size=1, max_size=4))
def test_what_is_written_is_read_back(metadata):
    assert read_metadata(write_metadata(metadata) + "\n# Text\n") == metadata


@settings(max_examples=60, deadline=None)
@given(metadata=st.dictionaries(KEYS, VALUES, min_size=1, max_size=4))
def test_a_yaml_library_reads_the_same(metadata):
    yaml = pytest.importorskip("yaml", reason="PyYAML is the oracle here")
    assert yaml.safe_load(write_metadata(metadata).strip("-\n")) == metadata


@pytest.mark.parametrize(
    ("header", "line"),
    [
        ("a: 1\na: 2", 3),
        ("a:\nb: 1", 2),
        ("a: [1, 2]", 2),
        ("a: {b: 1}", 2),
        ("a: &x 1", 2),
        ("a: |\n  text", 2),
        ("a: yes", 2),
        ('a: "open', 2),
        ("a: 1 # why", 2),
        ("a: 1\n    b: 2", 3),
        ("a:\n\t- 1", 2),
        ("just text", 2),
        ("a: 01", 2),
        ("", 2),
        ("- a", 2),
        ("no: 1", 2),
    ],
)
def test_yaml_that_this_reader_does_not_know_is_refused_with_its_line(header, line):
    with pytest.raises(CardError, match=f"line {line}:"):
        read_metadata(f"---\n{header}\n---\n")


@pytest.mark.parametrize("key", ["no", "On", "a b", "", "1"])
def test_a_key_that_yaml_takes_for_something_else_is_not_written(key):
    with pytest.raises(CardError, match="cannot be a key"):
        write_metadata({"tags": [{key: "x"}]})


@pytest.mark.parametrize("text", ["", "# Title\n", "---\na: 1\n", "\n---\na: 1\n---\n"])
def test_a_card_without_header_is_refused(text):
    with pytest.raises(CardError, match="no header"):
        read_metadata(text)


def write_readme(folder, text):
    (folder / "README.md").write_text(text, encoding="utf-8")
    return folder


def test_the_attribution_line_is_taken_word_for_word(tmp_path):
    readme = f'# Pairs\n\nLicence: CC BY-SA 4.0 (section "x"). More.\n\nAttribution line for the app: "{ATTRIBUTION}"\n'
    facts = read_data_facts(write_readme(tmp_path, readme))
    assert (facts.name, facts.licence, facts.attribution) == ("Pairs", "CC BY-SA 4.0", ATTRIBUTION)
    assert facts.licence_id == "cc-by-sa-4.0"


def test_data_without_licence_gets_no_card(tmp_path):
    with pytest.raises(CardError, match=r"README\.md does not exist"):
        read_data_facts(tmp_path)
    with pytest.raises(CardError, match=r"lacks a line 'Licence: CC …' and a line 'Attribution"):
        read_data_facts(write_readme(tmp_path, "# Pairs\n"))


@pytest.mark.corpus
@pytest.mark.parametrize("folder", ["tatoeba_en_fr", "tatoeba_en_zh"])
def test_the_corpora_state_what_a_card_needs(data_folder, folder):
    facts = read_data_facts(data_folder / folder)
    assert facts.licence == "CC BY 2.0 (France)"
    assert facts.licence_id == "cc-by-2.0"
    assert "tatoeba.org" in facts.attribution
    assert facts.attribution.endswith("split.")
