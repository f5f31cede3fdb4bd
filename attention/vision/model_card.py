"""What the card of a shipped digit finder says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields

from attention.training.card import CardFacts, DataFacts, Score, command_text
from attention.training.loop import RunSettings
from attention.vision.bitmaps import SPLITS
from attention.vision.recipe import VisionSettings

STORED = {"int8": "8-bit rows with one half-precision scale each", "float16": "half precision"}
TITLES = {
    "attention": "Find the digit, by one query for each",
    "pooled": "Find the digit, by averages (to compare with)",
}
DATA = DataFacts(
    name="Optical Recognition of Handwritten Digits, as bundled with scikit-learn",
    folder="optdigits",
    licence="CC BY 4.0",
    attribution=(
        "Handwriting: Optical Recognition of Handwritten Digits by E. Alpaydin and C. Kaynak, UCI Machine Learning "
        "Repository 1998 (doi 10.24432/C50P49), CC BY 4.0, bundled with scikit-learn."
    ),
)

TEXT = {
    "used": (
        "1,797 bitmaps of 8 × 8, shuffled once: {train:,} to learn from, {valid:,} to choose by, {test:,} to score "
        "with; "
        "no bitmap is in two of them. Nothing needs to be downloaded: `sklearn.datasets.load_digits` holds it. Its "
        "description names the creators and no licence; the UCI repository, whose test set it copies, gives CC BY 4.0. "
        "Every scene is new: bitmaps enlarged to 12 to 56 px, slanted, bent, turned by up to 25°, overlapping, on "
        "slopes, "
        "blobs and lines, with noise, some with a bar across them, a quarter of the scenes with copies of a digit. "
        "Crisp "
        "and thin strokes are mixed in for visitors who draw: sharpened bitmaps, and a quarter of the digits from "
        "lines "
        "of our own."
    ),
    "attention": (
        "Says for each digit from 0 to 9 whether it is in a 64 × 64 picture, where, and which pixels it covers, and "
        "what a phrase such as “the digit left of the four” means there. Convolutions, {layers} Transformer encoder "
        "layers (width {d_model}, {heads} heads) over 16 × 16 patches, then one learned query for each digit over 32 × "
        "32 cells; presence, box and mask come from the same attention weights. Words of a phrase attend to the "
        "picture, the landmark's weights give a place, and a last query finds what is meant from there."
    ),
    "pooled": (
        "Says for each digit from 0 to 9 whether it is in a 64 × 64 picture and in which box, from the average of what "
        "convolutions see. Shipped only so that the finder with attention can be compared with it: about as large, "
        "trained on scenes drawn in the same way for as many minutes."
    ),
    "how_scored": (
        "Scenes hold one to five digits, each at most once, of 14 to 26 px. F1 counts all ten digits of all scenes; "
        "box "
        "and mask are intersection over union, means over the digits that are there; pointing is how often the largest "
        "weight lies in the digit's box. The thresholds of presence and mask were tuned on scenes of the validation "
        "bitmaps, where F1 is {f1:.3f} and the mask's IoU {mask:.3f}."
    ),
    "pooled_scored": (
        "Scenes as for the finder with attention. Without attention the middle of the box is taken as its point, and "
        "the whole box as its mask."
    ),
    "steps": (
        "In {count} steps: {parts}. “Heads” are what reads phrases and what moves the sides of the boxes; while they "
        "learn alone, presence, attention and masks stay as they are. The table goes through all steps. The validation "
        "score is the mean of presence F1, box IoU, pointing, mask IoU, and two kinds of phrases whose combinations "
        "are in training, in percent. Minutes are by the clock, on a machine shared with other work."
    ),
    "stopped": "The run was stopped after {minutes:.0f} of {most:g} minutes, before its rate had run down.",
    "all": "everything for {minutes:g} minutes",
    "heads": "the heads for {minutes:g}",
    "comparison": (
        "The same scenes. Without attention: {name}, average pooling, {parameters:,} parameters (this model: "
        "{own_parameters:,}), {steps:,} steps of as many scenes (what finds digits here: {own_steps:,}); its point is "
        "the middle of its box, its mask the whole box. An average can tell which digits are there, but hardly where. "
        "Uniform: this model with all its attention made uniform when it is asked.\n\n"
        "| | presence F1 | box IoU | pointing | mask IoU |\n| --- | ---: | ---: | ---: | ---: |\n{rows}"
    ),
    "phrases": (
        "How often the largest weight of the whole phrase lies in a box that is meant, on up to {asked:,} scenes of "
        "three to "
        "five digits that do not overlap for each kind; in brackets with uniform attention. Only phrases are asked "
        "that a person finds "
        "clear: "
        "the largest digit's box is a fifth longer than the next, the leftmost lies 2.5 px further, the nearest of "
        "several is "
        "a fifth nearer. “Left of” means the nearest digit whose middle lies at least 3 px to the left.\n\n"
        "| phrases | right | |\n| --- | ---: | ---: |\n{rows}"
    ),
    "split": "{scenes:,} scenes drawn by lot (seed {seed}) from test bitmaps",
    "derived": "bitmaps",
}
PHRASES = {
    "names": "“the seven”",
    "parities": "“an even digit”",
    "sizes": "“the largest digit”, “the smallest”",
    "places": "“the leftmost digit”, “the highest”",
    "relations": "“the digit left of the four”",
    "unseen": "the same, eight relations with a digit that training never combined",
    "unseen_ranks": "“the largest odd digit”, “the smallest even digit”: never in training",
}
LIMITS = (
    "The thirteen people who wrote the bitmaps are in all three parts: other hands are read less well.",
    "It knows pictures of 64 × 64 with bright strokes on dark; photographs must be brought to that first.",
    "Digits under 12 px, or more than six or so in a picture, are often missed; so are digits half covered.",
    "With several copies of a digit its box surrounds all of them; each copy has a peak of its own, and copies that "
    "touch "
    "share one.",
    "It looks for digits in everything: a line may be taken for a 1, a letter for the digit that is most like it.",
    "An attention weight says where a query looked. That is trained to be the digit's ink, which most models' is not.",
)
POOLED_LIMITS = ("It is there to compare with: it can tell which digits are there, but hardly where.", LIMITS[0])


def card_facts(config: Mapping, parameters: int, storage: str, machine: str, note: str = "") -> CardFacts:
    """Gather what the card says about a shipped finder. config: its config.json."""
    scores, training, model = config["scores"], config["training"], config["model"]
    attends = model["architecture"] == "attention"
    sizes = {name: last - first for name, (first, last) in SPLITS.items()}
    scored = TEXT["how_scored" if attends else "pooled_scored"]
    sections = (
        (("Against no attention", _comparison(config, parameters)), ("Phrases", _phrases(scores))) if attends else ()
    )
    before = config.get("steps", [])
    steps = _steps(before, training) if before else ""
    return CardFacts(
        name=config["name"],
        title=config["title"],
        summary=TEXT[model["architecture"]].format(**model),
        pipeline_tag="object-detection",
        languages=("en",),
        tags=("vision", "attention" if attends else "pooling", "pytorch"),
        parameters=parameters,
        storage=STORED.get(storage, storage),
        data=DataFacts(DATA.name, DATA.folder, DATA.licence, DATA.attribution, TEXT["used"].format(**sizes)),
        command="\n".join(
            [
                *(training_command(step, f"{config['name']}-{number}") for number, step in enumerate(before, 1)),
                training_command(training, config["name"]),
            ]
        ),
        seed=training["seed"],
        minutes=config["log"][-1]["minutes"],
        machine=machine,
        note=" ".join(part for part in (steps, _stopped(config), note) if part),
        log=tuple(config["log"]),
        split=TEXT["split"].format(**scores),
        scores=(
            Score("f1", "presence F1", scores["presence_f1"], 3),
            Score("iou", "box IoU", scores["box_iou"], 3),
            Score("accuracy", "pointing", scores["pointing"], 3),
            Score("iou", "mask IoU", scores["mask_iou"], 3),
        ),
        how_scored=scored.format(f1=scores["valid"]["presence_f1"], mask=scores["valid"]["mask_iou"]),
        evaluate_commands=(
            command_text("python -m attention evaluate vision", {"model": config["name"], "seed": scores["seed"]}),
        ),
        sections=sections,
        limits=LIMITS if attends else POOLED_LIMITS,
        derived=TEXT["derived"],
    )


def training_command(training: Mapping, name: str) -> str:
    """Return the command that trains with exactly these settings, every option spelt out."""
    given: dict[str, object] = {"out": f"runs/{name}"}
    known = {field.name: field.default for field in (*fields(VisionSettings), *fields(RunSettings))}
    given |= {name: training.get(name, default) for name, default in known.items() if training.get(name, default) != ""}
    return command_text("python -m attention train vision", given)


def _steps(before: Sequence[Mapping], last: Mapping) -> str:
    steps = [*before, last]
    parts = [TEXT[step.get("learn", "all")].format(minutes=step["max_minutes"]) for step in steps]
    return TEXT["steps"].format(count=len(steps), parts=", ".join(parts))


def _stopped(config: Mapping) -> str:
    minutes, most = config["log"][-1]["minutes"], config["training"]["max_minutes"]
    early = not config.get("steps") and minutes < most - 1
    return TEXT["stopped"].format(minutes=minutes, most=most) if early else ""


def _comparison(config: Mapping, parameters: int) -> str:
    scores = config["scores"]
    compared = {"attention": scores, "without attention": scores["without_attention"], "uniform": scores["uniform"]}
    names = ("presence_f1", "box_iou", "pointing", "mask_iou")
    rows = (
        f"| {label} | {' | '.join(f'{found[name]:.3f}' for name in names)} |"
        for label, found in compared.items()
        if found is not None
    )
    other = config.get("compared", {"parameters": 0, "steps": 0})
    return TEXT["comparison"].format(
        name=f"{config['name']}-pooled",
        parameters=other["parameters"],
        steps=other["steps"],
        own_parameters=parameters,
        own_steps=_finding_steps(config),
        rows="\n".join(rows),
    )


def _finding_steps(config: Mapping) -> int:
    """Return how many steps taught what finds digits, over all steps of the training."""
    before = config.get("steps", [])
    learnt, end = 0, 0
    for step in [*before, config["training"]]:
        start, end = end, step.get("end", config["log"][-1]["step"])
        learnt += (end - start) * (step.get("learn", "all") == "all")
    return learnt


def _phrases(scores: Mapping) -> str:
    right, uniform = scores["phrases"], scores["phrases_uniform"]
    rows = (f"| {label} | {right[name]:.3f} | ({uniform[name]:.3f}) |" for name, label in PHRASES.items())
    return TEXT["phrases"].format(asked=right["asked"], rows="\n".join(rows))
