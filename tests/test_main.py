import dataclasses
import inspect
import json
import subprocess
import sys

import pytest
from typer.testing import CliRunner

from attention.__main__ import app
from attention.commands.translation import train_translation
from attention.training.checkpoint import CHECKPOINTS
from tests.translation.toy import pairs_of, untrained_checkpoint

TEXT = "I don't like the black cat!"
TRAIN = ("train", "translation", "--data", "nowhere", "--pair", "en-fr", "--out", "OUT", "--max-minutes", "1")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return untrained_checkpoint(tmp_path_factory.mktemp("models") / "toy", "transformer")


@pytest.fixture(scope="module")
def test_set(tmp_path_factory):
    path = tmp_path_factory.mktemp("data") / "test.tsv"
    pairs = [*pairs_of("en-fr"), ("Is the dog there?", "Chien ?")]
    path.write_text("".join(f"{source}\t{target}\n" for source, target in pairs), encoding="utf-8")
    return path


def run(*arguments, stdin=None):
    return CliRunner().invoke(app, [str(argument) for argument in arguments], input=stdin)


def translated(folder, *arguments, stdin=None):
    result = run("translate", "--model", folder, "--max-length", 9, "--json", *arguments, stdin=stdin)
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_translate_gives_weights_of_target_by_source_words(folder):
    record = translated(folder, TEXT)
    assert record["source_words"] == ["I", "don't", "like", "the", "black", "cat", "!", "</s>"]
    assert record["target_words"][-1] == "</s>"
    assert len(record["weights"]) == len(record["target_words"])
    for row in record["weights"]:
        assert len(row) == len(record["source_words"])
        assert sum(row) == pytest.approx(1.0, abs=1e-3)
    assert record["log_probability"] < 0
    assert isinstance(record["translation"], str)
    assert [part["weights"] for part in record["sentences"]] == [record["weights"]]


def test_long_text_has_one_block_a_sentence_and_rows_that_sum_to_one(folder):
    record = translated(folder, " ".join([TEXT] * 8))
    assert len(record["sentences"]) == 8
    assert record["source_words"][-1] == record["target_words"][-1] == "</s>"
    assert all(sum(row) == pytest.approx(1.0, abs=1e-3) for row in record["weights"])
    assert all(len(row) == len(record["source_words"]) for row in record["weights"])
    assert any("8 parts" in note for note in record["notes"])


def test_given_translation_is_forced(folder):
    record = translated(folder, TEXT, "--target", "Je n'aime pas le chat noir !")
    assert record["forced"]
    assert record["translation"] == "Je n'aime pas le chat noir !"
    assert record["target_words"] == ["Je", "n'", "aime", "pas", "le", "chat", "noir", "!", "</s>"]
    assert sum(record["word_log_probabilities"]) == pytest.approx(record["log_probability"])


def test_text_comes_from_standard_input(folder):
    assert translated(folder, "-", stdin=TEXT)["weights"] == translated(folder, TEXT)["weights"]


def test_attention_can_be_switched_off(folder):
    record = translated(folder, "The cat.", "--normaliser", "uniform")
    weights = translated(folder, "The cat.")["weights"]
    assert record["weights"] != weights
    assert translated(folder, "The cat.", "--temperature", "1.0")["weights"] == weights


def test_terminal_shows_words_and_where_they_looked(folder):
    result = run("translate", "--model", folder, "--max-length", 9, TEXT)
    assert result.exit_code == 0
    assert "</s>" in result.stdout
    assert "%" in result.stdout
    assert "where it looked" in result.stdout


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["translate", "--model", "no-such-model", "hi"], "no checkpoint is called"),
        (["translate", "--model", "FOLDER", "  "], "There is no text yet"),
        (["translate", "--model", "FOLDER", "x" * 2001], "at most 2,000"),
        (["translate", "--model", "FOLDER", "--beam", "9", "hi"], "beam must be"),
        (["translate", "--model", "FOLDER", "--temperature", "0", "hi"], "temperature must be"),
        (["translate", "--model", "FOLDER", "--normaliser", "none", "hi"], "none"),
        (["translate", "--model", "FOLDER"], "text"),
        (["evaluate", "translation", "--model", "FOLDER", "--data", "nowhere.tsv"], "does not exist"),
        (["evaluate", "translation", "--model", "FOLDER", "--data", "DATA", "--attention"], "needs --train"),
        ([*TRAIN, "--model", "recurrent"], "no train split"),
        ([*TRAIN, "--model", "cnn"], "not known"),
    ],
)
def test_bad_input_ends_with_code_two_and_one_clear_message(folder, test_set, tmp_path, arguments, message):
    known = {"FOLDER": folder, "DATA": test_set, "OUT": tmp_path / "run"}
    result = run(*(known.get(argument, argument) for argument in arguments))
    assert result.exit_code == 2
    assert message in result.stderr
    assert "Traceback" not in result.output
    assert result.stdout == ""


def test_evaluate_scores_each_source_once(folder, test_set):
    result = run("evaluate", "translation", "--model", folder, "--data", test_set, "--max-length", 7, "--json")
    record = json.loads(result.stdout)
    assert {"bleu", "chrf", "signature", "sentences"} <= set(record)
    assert (record["sentences"], record["references"]) == (4, 5)


def test_evaluate_reports_the_attention_when_asked(folder, test_set):
    arguments = ["--data", test_set, "--attention", "--train", test_set, "--max-length", 7, "--beam", 1]
    result = run("evaluate", "translation", "--model", folder, *arguments, "--json")
    record = json.loads(result.stdout)["attention"]
    assert 0 <= record["agreement"] <= 100
    assert len(record["by_layer"]) == 4
    assert "IBM model 1" in run("evaluate", "translation", "--model", folder, *arguments).stdout


def test_models_are_listed():
    result = run("models", "--json")
    assert result.exit_code == 0
    record = json.loads(result.stdout)
    shipped = {path.parent.name for path in CHECKPOINTS.glob("*/config.json")}
    assert {model["name"] for model in record} <= shipped


def test_train_offers_every_setting_with_the_same_default():
    from attention.training.loop import RunSettings
    from attention.translation.recipe import TranslationSettings

    offered = inspect.signature(train_translation).parameters
    for settings in (TranslationSettings, RunSettings):
        for field in dataclasses.fields(settings):
            assert field.name in offered
            if field.default is not dataclasses.MISSING:
                assert offered[field.name].default == field.default


def test_train_hands_over_what_was_asked(monkeypatch, tmp_path):
    from attention.translation import recipe

    asked = []
    monkeypatch.setattr(recipe, "train_translation", lambda *a: asked.extend(a) or {"score": 12.5})
    result = run(
        *("train", "translation", "--data", tmp_path, "--pair", "en-zh", "--model", "transformer", "--out", "o"),
        *("--max-minutes", 3, "--dropout", 0.3, "--threads", 2, "--seed", 7),
    )
    assert result.exit_code == 0, result.output
    data, settings, run_settings, out = asked
    assert (data, str(out)) == (tmp_path, "o")
    assert (settings.pair, settings.model, settings.dropout) == ("en-zh", "transformer", 0.3)
    assert (run_settings.max_minutes, run_settings.threads, run_settings.seed) == (3.0, 2, 7)
    assert "score 12.5" in result.stdout


def test_help_needs_nothing_heavy():
    code = (
        "import sys; from typer.testing import CliRunner; from attention.__main__ import app; "
        "CliRunner().invoke(app, ['translate', '--help']); "
        "print([m for m in ('torch', 'numpy', 'sacrebleu', 'streamlit') if m in sys.modules])"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
