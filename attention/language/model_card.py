"""What the card of a shipped emotion model says."""

from __future__ import annotations

from dataclasses import fields

from attention.language.labels import EMOTIONS, GROUPS
from attention.language.reader import MAX_WORDS
from attention.language.recipe import MOST_REPEATS, EmotionSettings
from attention.training.card import CardFacts, DataFacts, Score, command_text
from attention.training.loop import RunSettings

STORED = {"int8": "8-bit rows with one half-precision scale each", "float16": "half precision"}
TITLE = "Emotions in English comments"

TEXT = {
    "summary": (
        "Reads an English text and says how likely each of 27 emotions, and neutral, is: a table of {words:,} words "
        "and {buckets:,} buckets of letter sequences, convolutions over one to three words, an LSTM of width {hidden} "
        "in each direction, and label-wise attention with {heads} heads: every emotion has its own query over the "
        "words and is read out from what it found. Nothing reaches an emotion's score past its attention."
    ),
    "used": "{train:,} comments to learn from, {dev:,} to choose by, {test:,} to score with, the official splits.",
    "teachers": (
        "Of each target {share:.0%} is not the raters' tick but what {folds} linear readers of word counts (TF-IDF, "
        "logistic regression) make of the comment, none asked about a comment that it learnt from."
    ),
    "repeats": "Comments with a label rarer than {share:.0%} are shown up to {most:.0f} times in an epoch.",
    "how_scored": (
        "F1 as a fraction, the plain mean over the labels or groups. Scales and thresholds were fitted on the dev "
        "split only; nothing was chosen by the test split. A group counts as given when the comment has one of "
        "its labels."
    ),
    "baseline": (
        "TF-IDF of words and word pairs with one logistic regression a label (scikit-learn, C = 3), learnt, calibrated "
        "and tuned on the same comments in the same run, has {labels:.3f} over the labels and {groups:.3f} over the "
        "groups. The model is ahead by {ahead} and {groups_ahead}, with 95 % intervals of a paired bootstrap over the "
        "comments. For BERT-base the data's authors report 0.46 and 0.69 (groups learnt as labels of their own)."
    ),
    "no_baseline": "The classic baseline was not run.",
    "calibration": (
        "The logits of each label are scaled and shifted to fit the dev split (Platt 1999); a group's probability is "
        "that of at least one of its labels, scaled the same way. Expected calibration error over 15 bins, the mean of "
        "the 28 labels' own: {labels_dev:.2%} on dev, {labels_test:.2%} on test; with all labels pooled, where one "
        "label's error can make up for another's, {dev:.2%} and {test:.2%}; with the groups pooled {group_dev:.2%} "
        "and {group_test:.2%}. Most probabilities are near 0, which keeps all of these small. A threshold is the one "
        "with the best F1 on dev, where each comment counts half with its label and half with its probability, so that "
        "a label with a dozen examples does not follow their luck."
    ),
    "thresholds": "| label | threshold | test F1 |\n| --- | ---: | ---: |\n{rows}",
    "light": (
        "An emotion's score is computed from the words its attention weighed, so a word without weight adds nothing "
        "directly. But each word's vector has read its neighbours, and a weight says how much was looked at, not "
        "whether it spoke for or against. On dev comments each word was left out in turn, and the real drop of the "
        "strongest emotion's log-odds was compared with its attention: ranks by Kendall's tau-b, and how "
        "often the most lit word is the one whose loss costs most.\n\n"
        "| strongest | comments | tau, attention | tau, random | top word, attention | top word, random |\n"
        "| --- | ---: | ---: | ---: | ---: | ---: |\n{rows}"
    ),
    "light_hint": "Where an emotion is found, the brightest word is a good hint, the order of the others a weak one.",
    "light_neutral": (
        "Neutral looks at the words that could speak against it, so its light must not be read as its reason."
    ),
    "names": (
        "In the comments persons' names are masked as [NAME] and religions as [RELIGION]. A word that the model never "
        "met, written with one capital inside a sentence, is read as [NAME], and the reading says so; that takes in "
        "places and brands. A name at the start of a sentence or line is judged by its letters. Names that slipped "
        "through the masking, such as those of well-known people, are words like any other to it."
    ),
    "split": "test split of {comments:,} comments, never seen in training",
    "derived": "comments",
}
LIMITS = (
    "The comments are Reddit's of 2005 to 2019: mostly young, English-speaking men write there, and the communities "
    "with the most slurs were removed, not all slurs. It may hear anger in swearing among friends, in dialects, and "
    "beside words for groups of people that appear in hostile comments.",
    "Three to five raters in India judged each comment without its thread. A label counts when two of them ticked it; "
    "they often disagree, and no model can be much surer than they were.",
    "Irony, sarcasm and quotations are mostly taken at their word.",
    "Grief, pride, relief, nervousness and embarrassment have 77 to 303 training comments and 6 to 37 test comments "
    "(grief 6, pride 16): their scores are partly luck.",
    "It tells how a text reads, not how its writer feels. It must not be used to judge people.",
    f"It learnt single comments of some 15 words and signs. More than {MAX_WORDS} are read sentence by "
    "sentence; each emotion then has the probability of its strongest sentence, which is not calibrated.",
    "English only. Emoji and misspelt words work when training showed them or their letters.",
)


def used_text(train: int, dev: int, test: int) -> str:
    """Return how many comments were used for what."""
    return TEXT["used"].format(train=train, dev=dev, test=test)


def training_command(training: dict, data: str, name: str) -> str:
    """Return the command that trains with exactly these settings, every option spelt out."""
    given: dict[str, object] = {"data": data, "out": f"runs/{name}"}
    names = [field.name for kind in (EmotionSettings, RunSettings) for field in fields(kind)]
    given |= {key: training[key] for key in names if key in training}
    return command_text("python -m attention train emotions", given)


def card_facts(config: dict, parameters: int, data: DataFacts, storage: str, machine: str, note: str = "") -> CardFacts:
    """Gather what the card says about a shipped emotion model.

    config: its config.json. machine: what it was trained on. note: what else happened while it trained.
    """
    scores, training, model = config["scores"], config["training"], config["model"]
    command = {"model": config["name"], "data": data.folder}
    return CardFacts(
        name=config["name"],
        title=config["title"],
        summary=TEXT["summary"].format(
            words=model["vocab_size"], buckets=model["buckets"], hidden=model["hidden_dim"], heads=model["heads"]
        ),
        pipeline_tag="text-classification",
        languages=("en",),
        tags=("emotions", "sentiment", "attention", "multi-label", "pytorch"),
        parameters=parameters,
        storage=STORED.get(storage, storage),
        data=data,
        command=training_command(training, data.folder, config["name"]),
        seed=training["seed"],
        minutes=training["minutes"],
        machine=machine,
        note=" ".join(part for part in (_recipe_text(training), note) if part),
        log=tuple(config["log"]),
        split=TEXT["split"].format(comments=scores["comments"]),
        scores=_score_rows(scores),
        how_scored=TEXT["how_scored"],
        evaluate_commands=(command_text("python -m attention evaluate emotions", command),),
        sections=_sections(config),
        derived=TEXT["derived"],
        limits=LIMITS,
    )


def _recipe_text(training: dict) -> str:
    parts = []
    if training["teacher_share"]:
        parts.append(TEXT["teachers"].format(share=training["teacher_share"], folds=training["folds"]))
    if training["rare_share"]:
        parts.append(TEXT["repeats"].format(share=training["rare_share"], most=MOST_REPEATS))
    return " ".join(parts)


def _score_rows(scores: dict) -> tuple[Score, ...]:
    rows = [
        Score("f1", "macro-F1, 28 labels", scores["macro_f1"], 3),
        Score("f1", "macro-F1, 4 sentiment groups", scores["sentiment_macro_f1"], 3),
        Score("f1", "macro-F1, Ekman’s 6 and neutral", scores["ekman_macro_f1"], 3),
        Score("ece", "expected calibration error, mean of 28 labels", scores["calibration_error_of_labels"], 4),
        Score("ece", "expected calibration error, labels pooled", scores["calibration_error"], 4),
    ]
    if found := scores["baseline"]:
        rows += [
            Score("f1", "macro-F1, 28 labels, TF-IDF with logistic regression", found["macro_f1"], 3),
            Score("f1", "macro-F1, 4 groups, TF-IDF with logistic regression", found["sentiment_macro_f1"], 3),
        ]
    return tuple(rows)


def _sections(config: dict) -> tuple[tuple[str, str], ...]:
    scores, found, dev = config["scores"], config["scores"]["baseline"], config["scores"]["dev"]
    baseline = TEXT["no_baseline"]
    if found:
        ahead = ["{value:.3f} [{low:.3f}, {high:.3f}]".format(**part) for part in found["ahead"].values()]
        baseline = TEXT["baseline"].format(
            labels=found["macro_f1"], groups=found["sentiment_macro_f1"], ahead=ahead[0], groups_ahead=ahead[1]
        )
    calibration = TEXT["calibration"].format(
        labels_dev=dev["calibration_error_of_labels"],
        labels_test=scores["calibration_error_of_labels"],
        dev=dev["calibration_error"],
        test=scores["calibration_error"],
        group_dev=dev["sentiment_calibration_error"],
        group_test=scores["sentiment_calibration_error"],
    )
    fitted = config["calibration"]
    rows = [*zip(EMOTIONS, fitted["thresholds"], scores["f1"].values(), strict=True)]
    rows += [*zip(GROUPS, fitted["group_thresholds"], scores["sentiment_f1"].values(), strict=True)]
    names = [name if i < len(EMOTIONS) else f"group {name}" for i, (name, _, _) in enumerate(rows)]
    table = "\n".join(f"| {name} | {row[1]:.2f} | {row[2]:.2f} |" for name, row in zip(names, rows, strict=True))
    return (
        ("Against the classic method", baseline),
        ("Probabilities and thresholds", calibration + "\n\n" + TEXT["thresholds"].format(rows=table)),
        ("Is the light honest", _light_text(scores["light"])),
        ("Names", TEXT["names"]),
    )


def _light_text(light: dict[str, dict]) -> str:
    """Return the table, and what it means where it says so."""
    found, neutral = light["emotions"], light["neutral"]
    meant = []
    if (found["top_attention"] or 0) > 0.5:
        meant.append(TEXT["light_hint"])
    if (neutral["attention"] or 0) < 0:
        meant.append(TEXT["light_neutral"])
    return "\n\n".join(part for part in (TEXT["light"].format(rows=_light_rows(light)), " ".join(meant)) if part)


def _light_rows(light: dict[str, dict]) -> str:
    rows = []
    for name, title in (("emotions", "an emotion"), ("neutral", "neutral")):
        found = light[name]
        numbers = (found["attention"], found["random"], found["top_attention"], found["top_random"])
        taus = [_number(value, ".2f") for value in numbers[:2]]
        shares = [_number(value, ".0%") for value in numbers[2:]]
        rows.append(" | ".join([f"| {title}", str(found["texts"]), *taus, *shares]) + " |")
    return "\n".join(rows)


def _number(value: float | None, form: str) -> str:
    return "–" if value is None else format(round(value, 2) + 0.0, form)  # + 0.0: never -0.00
