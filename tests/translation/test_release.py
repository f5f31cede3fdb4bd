import json
import shlex
from dataclasses import asdict, fields
from types import SimpleNamespace

import pytest
from typer.testing import CliRunner

from attention.__main__ import app
from attention.training import shipping
from attention.training.card import CardError, read_metadata
from attention.training.checkpoint import CHECKPOINTS, CheckpointError
from attention.training.loop import RunSettings
from attention.translation import recipe, release
from attention.translation.corpus import Pair, find_split
from attention.translation.decoding import DecodingOptions
from attention.translation.evaluation import evaluate
from attention.translation.model_card import training_command
from attention.translation.recipe import TranslationSettings, train_translation
from attention.translation.translator import Translator, available_models
from tests.translation.test_recipe import TINY, build_model, write_corpus

ATTRIBUTION = "Sentences: a grammar of five nouns, CC BY 2.0 FR; split."
README = f'# Toy pairs\n\nLicence: CC BY 2.0 (France). Free.\n\nAttribution line for the app: "{ATTRIBUTION}"\n'
SETTINGS = TranslationSettings("en-fr", "transformer", vocab_size=330, tokens_per_batch=256, valid_sources=4)
RUN = RunSettings(max_minutes=0.004, precision="no", warmup_steps=5, learning_rate=0.0015)
CALM = DecodingOptions(beam=2, length_penalty=0.8)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A corpus and a run of a second."""
    folder = tmp_path_factory.mktemp("release")
    data = folder / "toy_pairs"
    data.mkdir()
    write_corpus(data)
    (data / "README.md").write_text(README, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(recipe, "build_model", lambda config: build_model(config | TINY[config["architecture"]]))
        train_translation(data, SETTINGS, RUN, folder / "run")
    return SimpleNamespace(data=data, run=folder / "run")


@pytest.fixture(scope="module")
def shipped(made, tmp_path_factory):
    return release.release(made.run, made.data, "toy", tmp_path_factory.mktemp("out"), options=CALM)


def read(folder):
    return json.loads((folder / "config.json").read_text(encoding="utf-8"))


def test_a_release_is_a_checkpoint_that_loads_and_translates(shipped):
    assert sorted(path.name for path in shipped.iterdir()) == [
        "README.md", "config.json", "model.safetensors", "tokenizer.json"
    ]  # fmt: skip
    translator = Translator.load(shipped)
    assert translator.title == "English → French, Transformer"
    assert translator.card == (shipped / "README.md").read_text(encoding="utf-8")
    assert translator.translate("The cat sees the dog.", DecodingOptions(beam=2)).translation is not None


def test_its_config_holds_choices_scores_settings_and_curve(made, shipped):
    config, trained = read(shipped), read(made.run / "best")
    assert {
        "task",
        "pair",
        "name",
        "title",
        "model",
        "training",
        "alignment_layers",
        "decoding",
        "scores",
        "log",
    } == set(config)
    assert config["name"] == "toy"
    assert config["decoding"] == {"beam": 2, "length_penalty": 0.8}
    assert config["training"] == {**trained["training"], "minutes": config["log"][-1]["minutes"]}
    assert set(config["alignment_layers"]) <= {0, 1}
    assert config["scores"].keys() >= {"bleu", "chrf", "signature", "sentences", "references", "greedy", "attention"}
    assert config["scores"]["attention"].keys() >= {"agreement", "mean_max_weight", "entropy_bits", "by_layer"}


def test_its_scores_are_those_of_what_is_stored(made, shipped):
    test = find_split(made.data, "en-fr", "test")
    again = evaluate(Translator.load(shipped), test, CALM)
    assert read(shipped)["scores"]["bleu"] == pytest.approx(again.bleu, abs=0.006)
    assert read(shipped)["scores"]["chrf"] == pytest.approx(again.chrf, abs=0.006)


def test_its_card_carries_licence_attribution_command_and_scores(shipped):
    text, scores = (shipped / "README.md").read_text(encoding="utf-8"), read(shipped)["scores"]
    for wanted in (ATTRIBUTION, "CC BY 2.0 (France)", "Seed 1.",
                   "80 pairs to learn from, 10 to choose by, 10 to score with",
                   "2 CPU cores", "How readable its attention is", "tu and vous", scores["signature"], "--beam 2",
                   "--data toy_pairs/test.tsv", "Tom"):  # fmt: skip
        assert wanted in text
    metadata = read_metadata(text)
    assert metadata["license"] == "cc-by-2.0"
    assert metadata["language"] == ["en", "fr"]
    assert metadata["model-index"][0]["results"][0]["metrics"][0]["value"] == scores["bleu"]


def settings_of(command, monkeypatch):
    """Run a training command up to the training, and return the settings that arrived there."""
    arrived = []

    def keep(data, settings, run, out):
        arrived.append({**asdict(settings), **asdict(run)})
        return {}

    monkeypatch.setattr(recipe, "train_translation", keep)
    words = shlex.split(command.replace("\\\n", " "))
    assert words[:3] == ["python", "-m", "attention"]
    result = CliRunner().invoke(app, words[3:])
    assert result.exit_code == 0, result.output
    return arrived[0]


def first_code(text):
    return text.split("```sh\n")[1].split("\n```")[0]


def test_the_command_on_the_card_trains_with_the_recorded_settings(made, shipped, monkeypatch):
    command = first_code((shipped / "README.md").read_text(encoding="utf-8"))
    assert settings_of(command, monkeypatch) == read(made.run / "best")["training"]


def test_no_setting_is_left_to_its_default(monkeypatch):
    odd = TranslationSettings("en-zh", "recurrent", 1234, 0.35, 0.05, 777, 321)
    run = RunSettings(7.5, 0.0007, 11, 0.5, 0.03, 0.02, 2.0, 0.97, 1.5, 2.5, 9, "no", 2)
    for settings in (odd, run):
        for field in fields(settings):
            assert getattr(settings, field.name) != field.default
    recorded = {**asdict(odd), **asdict(run)}
    command = training_command({**recorded, "minutes": 7.6}, "tatoeba_en_zh", "x")
    assert settings_of(command, monkeypatch) == recorded
    assert all(len(line) <= 92 for line in command.split("\n"))


def fake_quality(shares):
    return lambda translator, pairs, aligner, most: SimpleNamespace(
        agreement=shares[tuple(translator.config["alignment_layers"])]
    )


def test_the_layers_that_agree_best_are_chosen(made, monkeypatch):
    translator = Translator.load(made.run / "best")
    for best in ((0,), (1,), (0, 1)):
        shares = {(0,): 50.0, (1,): 60.0, (0, 1): 55.0} | {best: 70.0}
        monkeypatch.setattr(release, "attention_quality", fake_quality(shares))
        assert release.choose_layers(translator, [], None, 5) == best
    monkeypatch.setattr(release, "attention_quality", fake_quality({(0,): 60.0, (1,): 50.0, (0, 1): 60.0}))
    assert release.choose_layers(translator, [], None, 5) == (0,)


def test_the_search_that_scores_best_is_chosen(monkeypatch):
    def fake(translator, pairs, options):
        return SimpleNamespace(bleu=40.0 + (options.length_penalty == 0.8) - 0.1 * (options.beam == 5))

    monkeypatch.setattr(release, "evaluate", fake)
    assert release.choose_options(None, [Pair("a", "b")]) == DecodingOptions(beam=4, length_penalty=0.8)


def test_a_part_of_the_sources_keeps_all_their_references():
    pairs = [Pair(str(n % 10), str(n)) for n in range(30)]
    some = release._some(pairs, 5)
    assert [pair.target for pair in some if pair.source == "2"] == ["2", "12", "22"]
    assert len({pair.source for pair in some}) == 5
    assert release._some(pairs, None) == release._some(pairs, 10) == pairs


def test_names_that_are_no_folder_names_are_refused(made, tmp_path):
    for name in ("", "../x", "a/b", ".hidden", "a b"):
        with pytest.raises(ValueError, match="cannot name a folder"):
            release.release(made.run, made.data, name, tmp_path)


def test_what_is_missing_is_said_before_any_work(made, tmp_path):
    with pytest.raises(CardError, match="README"):
        release.release(made.run, tmp_path, "toy", tmp_path)
    with pytest.raises(CheckpointError):
        release.release(tmp_path, made.data, "toy", tmp_path)


def test_a_checkpoint_over_the_limit_is_refused(made, tmp_path, monkeypatch):
    monkeypatch.setattr(shipping, "MAX_BYTES", 10_000)
    with pytest.raises(ValueError, match="at most 15 MiB are shipped, use int8"):
        release.release(made.run, made.data, "toy", tmp_path, storage="float16")
    assert not (tmp_path / "toy").exists()


def test_the_terminal_command_releases(made, tmp_path, monkeypatch):
    monkeypatch.setattr(release, "BEAMS", (1,))
    monkeypatch.setattr(release, "PENALTIES", (1.0,))
    options = [
        "--run",
        made.run,
        "--data",
        made.data,
        "--name",
        "toy-2",
        "--out",
        tmp_path,
        "--most",
        4,
        "--note",
        "It rained.",
    ]
    result = CliRunner().invoke(app, ["release", "translation", *map(str, options)])
    assert result.exit_code == 0, result.output
    assert read(tmp_path / "toy-2")["decoding"]["beam"] == 1
    assert "It rained." in (tmp_path / "toy-2" / "README.md").read_text(encoding="utf-8")
    wrong = CliRunner().invoke(app, ["release", "translation", *map(str, options), "--name", "../x"])
    assert wrong.exit_code == 2
    assert "cannot name a folder" in wrong.output


@pytest.mark.parametrize(
    "name", sorted(available_models()) or [pytest.param("", marks=pytest.mark.skip("none shipped"))]
)
def test_a_shipped_model_is_small_and_its_card_is_true(name, monkeypatch):
    folder = CHECKPOINTS / name
    assert sum(path.stat().st_size for path in folder.iterdir()) < 15 * 2**20
    config, text = read(folder), (folder / "README.md").read_text(encoding="utf-8")
    recorded = {key: value for key, value in config["training"].items() if key != "minutes"}
    assert settings_of(first_code(text), monkeypatch) == recorded
    metadata = read_metadata(text)
    assert metadata["model-index"][0]["results"][0]["metrics"][0]["value"] == config["scores"]["bleu"]
    assert "tatoeba.org" in text
    assert metadata["license"] == "cc-by-2.0"
