"""What the card of a shipped translation model says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path

from attention.training.card import CardFacts, DataFacts, Score, command_text
from attention.training.loop import RunSettings
from attention.translation.corpus import ENDINGS, split_pair
from attention.translation.evaluation import MIN_WORDS
from attention.translation.recipe import TranslationSettings
from attention.translation.sentences import LANGUAGES
from attention.translation.translator import MAX_PIECES

STORED = {"int8": "8-bit rows with one half-precision scale each", "float16": "half precision"}

TEXT = {
    "recurrent": (
        "A bidirectional LSTM reads the {source} sentence, an LSTM writes the {target} one, and {score} attention lets "
        "every state of the writer look at all states of the reader. Width {width}, {vocab:,} word pieces."
    ),
    "transformer": (
        "A Transformer that reads {source} and writes {target}: {encoder} encoder and {decoder} decoder layers of "
        "width {width}, {heads} heads, norms before each part, and one table of {vocab:,} word pieces for both "
        "languages and the output."
    ),
    "used": (
        "{train:,} pairs to learn from, {valid:,} to choose by, {test:,} to score with; no sentence is in two of them."
    ),
    "how_scored": (
        "Each source counts once, against all its references. Counted by sacreBLEU as `{bleu}` and `{chrf}`."
    ),
    "derived": "sentences",
    "readable": (
        "The reference translations of {sentences:,} test sentences of at least {least} words were sent through the "
        "decoder. For each word link that IBM model 1 found (learnt on the training pairs in both directions, "
        "intersected), the target word looks most at the same source word in {agreement:.1f} % of {links:,} cases; in "
        "{with_end:.1f} % if the end mark may win. The strongest link of a word holds {largest:.0%} of its weight on "
        "average; a row has {bits:.2f} bits of entropy."
    ),
    "layers": (
        "The alignment that is shown is the mean over the heads of decoder {layers}, which agreed best on the "
        "validation split. Each layer alone, on the test sentences: {each}."
    ),
    "layer": "layer {names}",
    "mean_of_layers": "layers {names}",
    "share": "layer {number} {agreement:.1f} %",
    "gold": "IBM model 1 is a statistical guess, not a gold standard.",
    "attention": "How readable its attention is",
    "split": "test split of {sentences:,} sentences with {references:,} references, never seen in training",
    "search": "beam {beam}, length penalty {penalty:g}",
}
LIMITS = (
    "It learnt short everyday sentences, some seven words on average. Long or formal text is out of its reach; more "
    f"than {MAX_PIECES} word pieces are cut into sentences, or at commas, and translated one by one.",
    "It has met “Tom” in one sentence of twelve and may write the name where it does not belong.",
    "Names, rare words and numbers are often spelt wrongly, swapped or dropped.",
    "It sees one sentence at a time, so it cannot know who “it” or “they” was.",
)
LIMITS_OF = {
    "fr": ("French chooses between tu and vous and between genders; the corpus mixes them, and so does the model.",),
    "zh": ("It writes simplified characters; usage of the mainland, Taiwan and learners is mixed.",),
}


def used_text(train: int, valid: int, test: int) -> str:
    """Return how many pairs of a corpus were used for what."""
    return TEXT["used"].format(train=train, valid=valid, test=test)


def training_command(training: dict, data: str, name: str) -> str:
    """Return the command that trains with exactly these settings, every option spelt out."""
    given = {"data": data, "pair": training["pair"], "model": training["model"], "out": f"runs/{name}"}
    names = [field.name for kind in (TranslationSettings, RunSettings) for field in fields(kind)]
    given |= {key: training[key] for key in names if key in training}
    return command_text("python -m attention train translation", given)


def evaluate_commands(scores: dict, data: Path, name: str) -> tuple[str, ...]:
    """Return the commands that give the card's numbers again."""
    test, train = (_split_file(data, split) for split in ("test", "train"))
    start = "python -m attention evaluate translation"
    asked = {"model": name, "data": test}
    search = {key: scores[key] for key in ("beam", "length_penalty", "max_length")}
    attention = {"attention": "", "train": train}
    return command_text(start, asked | search | attention), command_text(start, asked | {"beam": 1})


def card_facts(
    config: dict, parameters: int, data: DataFacts, storage: str, machine: str, folder: Path, note: str = ""
) -> CardFacts:
    """Gather what the card says about a shipped translation model.

    config: its config.json. folder: of the corpus, for the commands. machine: what it was trained on. note: what else
    happened while it trained.
    """
    scores, training, model = config["scores"], config["training"], config["model"]
    languages = split_pair(config["pair"])
    search = TEXT["search"].format(beam=scores["beam"], penalty=scores["length_penalty"])
    return CardFacts(
        name=config["name"],
        title=config["title"],
        summary=_summary(model, languages),
        pipeline_tag="translation",
        languages=languages,
        tags=("translation", "attention", model["architecture"], "pytorch"),
        parameters=parameters,
        storage=STORED.get(storage, storage),
        data=data,
        command=training_command(training, data.folder, config["name"]),
        seed=training["seed"],
        minutes=training["minutes"],
        machine=machine,
        note=note,
        log=tuple(config["log"]),
        split=TEXT["split"].format(sentences=scores["sentences"], references=scores["references"]),
        scores=(
            Score("bleu", f"BLEU, {search}", scores["bleu"]),
            Score("chrf", f"chrF, {search}", scores["chrf"]),
            Score("bleu", "BLEU, greedy", scores["greedy"]["bleu"]),
            Score("chrf", "chrF, greedy", scores["greedy"]["chrf"]),
        ),
        how_scored=TEXT["how_scored"].format(bleu=scores["signature"], chrf=scores["chrf_signature"]),
        evaluate_commands=evaluate_commands(scores, folder, config["name"]),
        sections=((TEXT["attention"], _readability(scores["attention"], config["alignment_layers"])),),
        derived=TEXT["derived"],
        limits=(*LIMITS, *LIMITS_OF.get(languages[1], ())),
    )


def _summary(model: dict, languages: tuple[str, str]) -> str:
    source, target = (LANGUAGES.get(language, language) for language in languages)
    recurrent = model["architecture"] == "recurrent"
    return TEXT[model["architecture"]].format(
        source=source,
        target=target,
        score=model["score"].replace("_", " "),
        width=model["hidden_dim"] if recurrent else model["d_model"],
        vocab=model["vocab_size"],
        encoder=model.get("encoder_layers"),
        decoder=model.get("decoder_layers"),
        heads=model.get("heads"),
    )


def _readability(quality: dict, layers: Sequence[int]) -> str:
    text = TEXT["readable"].format(
        sentences=quality["sentences"],
        least=MIN_WORDS,
        agreement=quality["agreement"],
        links=quality["links"],
        with_end=quality["agreement_with_end"],
        largest=quality["mean_max_weight"],
        bits=quality["entropy_bits"],
    )
    if len(quality["by_layer"]) > 1:
        *first, last = (str(layer + 1) for layer in layers)
        names = f"{', '.join(first)} and {last}" if first else last
        chosen = TEXT["layer" if len(layers) == 1 else "mean_of_layers"].format(names=names)
        each = [TEXT["share"].format(number=n, agreement=a) for n, a in enumerate(quality["by_layer"], start=1)]
        text += "\n\n" + TEXT["layers"].format(layers=chosen, each=", ".join(each))
    return f"{text}\n\n{TEXT['gold']}"


def _split_file(data: Path, split: str) -> str:
    found = [ending for ending in ENDINGS if (data / f"{split}{ending}").exists()]
    return f"{data.resolve().name}/{split}{(found or ENDINGS)[0]}"
