"""What the card of a shipped speller says."""

from __future__ import annotations

from dataclasses import fields

from attention.speech.letters import WORDS
from attention.speech.model import FRAME_S
from attention.speech.recipe import SpeechSettings
from attention.speech.recordings import Split
from attention.speech.voices import PAGE_VOICES, TRAINING_ACCENTS, TRAINING_WOMEN, training_voices
from attention.training.card import CardFacts, DataFacts, Score, command_text
from attention.training.loop import RunSettings

STORED = {"int8": "8-bit rows with one half-precision scale each", "float16": "half precision"}
TITLES = {
    "location-aware speller": "Spoken digits, location-aware attention",
    "speller": "Spoken digits, attention without location",
}
SHORT = {"location-aware speller": "location-aware", "speller": "without location"}

TEXT = {
    "summary": (
        "Hears a string of spoken English digits and spells it letter by letter: two convolutions and an LSTM of "
        "width {hidden} in each direction listen (Chan et al. 2016), a GRU of width {decoder} spells, and before each "
        "letter one head of additive attention chooses which frames of {frame:g} s to hear again. {location}"
    ),
    "location": (
        "The attention is location-aware (Chorowski et al. 2015): its score also sees where the letter before looked, "
        "and, as additions of ours, where all letters together have looked so far and how long ago, in the sound, the "
        "last look was."
    ),
    "plain": "The score sees what is heard alone, not where the earlier letters looked; shipped to compare with.",
    "used": (
        "{train:,} recordings by six people to learn from (takes 8 to 49), {valid} to choose by (takes 5 to 7), {test} "
        "to score with (takes 0 to 4, the official test), the same six people in all."
    ),
    "note": (
        "Training strings are joined from one to ten recordings, with pauses, paces of 0.82 to 1.19, a shifted mel "
        "axis, echo, a microphone’s colouring and noise. {made:.0%} of them are spoken by eSpeak NG: {voices} voices, "
        "{women} of them women’s, with the accents {accents}. Beside the letters’ cross entropy, attention outside "
        "the place where a letter should look costs {guidance:g} times its share: that place is the letter’s part of "
        "the word, were all its letters equally long, and a quarter of the word on either side, never outside the word."
    ),
    "split": "300 official test takes (0 to 4) and strings joined from them",
    "how_scored": (
        "Single digits: the recordings as they are, spelled exactly. Strings: 200 of three digits, 100 of eight and 50 "
        "of twelve, which are more than any string of training had, a fixed seed, one voice in three quarters of them, "
        "pauses of 0.05 to 0.8 s, paces of 0.9 to 1.1, noise 20 to 35 dB under the voice. Word errors are "
        "substitutions, insertions and deletions. A letter’s peak is the middle of the frame it looked at most; in "
        "strings of three, {offset:.2f} s from its word’s middle (median). Spelled greedily."
    ),
    "beside": (
        "Other runs on the same test. Minutes and steps differ, and so do parameters by chance; compare runs of like "
        "length.\n\n| attention | minutes | steps | single digits | word errors of three | eight exact | twelve exact "
        "|\n| --- | ---: | ---: | ---: | ---: | ---: | ---: |\n{rows}"
    ),
    "people": (
        "It learnt from six people, all men: george (Greek accent), jackson and theo (United States), lucas and "
        "yweweler (German), nicolas (Belgian French), and from voices of eSpeak NG. {left}"
    ),
    "left": (
        "For a voice it never heard, further models were trained in the same way, each without one of the six, for a "
        "shorter time and on strings of at most {longest} digits, and spelled all of that person’s recordings:\n\n"
        "| left out | minutes | recordings | digits right |\n| --- | ---: | ---: | ---: |\n{rows}\n"
        "| mean | | | {mean:.1%} |"
    ),
    "not_left": "How it does on a new person’s voice was measured with the location-aware model only; see its card.",
    "made": (
        "The clips of the page are spoken by eSpeak NG too, by speakers that were not trained on; the accents of "
        "Scotland and the Caribbean were not trained on at all. Ten digits each, spelled exactly: {rows}."
    ),
    "light": (
        "A weight says which frames’ summary went into a letter. Each summary has read the whole sound through the "
        "LSTM, so a letter may know more than where it looked. Where to look was taught roughly, by the boundaries of "
        "the joined words; the letters’ order inside a word is a teaching aid, not phonetics."
    ),
    "derived": "recordings",
}
LIMITS = (
    f"It knows ten words: {', '.join(WORDS)}. “Oh” for zero, “twenty”, and any other speech or music is spelled as "
    "letters of these words, often with little probability.",
    "English only. Children, strong accents, whispering, telephone bands narrower than 3.4 kHz and several people at "
    "once were not tested.",
    "No recorded woman’s voice was there to learn from or to test with: women’s voices are synthetic in both.",
    "Strings of training had up to ten digits; sounds of up to 15 seconds are spelled.",
    "It must not be used where a wrong digit does harm.",
)


def used_text(parts: Split) -> str:
    """Return how many recordings were used for what."""
    return TEXT["used"].format(train=len(parts.train), valid=len(parts.valid), test=len(parts.test))


def training_command(training: dict, data: str, name: str) -> str:
    """Return the command that trains with exactly these settings, every option spelt out."""
    given: dict[str, object] = {"data": data, "out": f"runs/{name}"}
    for kind in (SpeechSettings, RunSettings):
        for field in fields(kind):
            value = training.get(field.name)
            if field.name == "location":
                given["location" if value else "plain"] = ""
            elif value not in (None, ""):
                given[field.name] = value
    return command_text("python -m attention train speech", given)


def card_facts(config: dict, parameters: int, data: DataFacts, storage: str, machine: str, note: str = "") -> CardFacts:
    """Gather what the card says about a shipped speller.

    config: its config.json. machine: what it was trained on. note: what else happened while it trained.
    """
    scores, training, model = config["scores"], config["training"], config["model"]
    summary = TEXT["summary"].format(
        hidden=model["hidden_dim"],
        decoder=model["decoder_dim"],
        frame=FRAME_S,
        location=TEXT["location" if model["location"] else "plain"],
    )
    known = training_voices()
    recipe = TEXT["note"].format(
        made=training["made_share"],
        voices=len(known),
        women=sum(voice.variant in TRAINING_WOMEN for voice in known),
        accents=", ".join(TRAINING_ACCENTS),
        guidance=training["guidance"],
    )
    return CardFacts(
        name=config["name"],
        title=config["title"],
        summary=summary,
        pipeline_tag="automatic-speech-recognition",
        languages=("en",),
        tags=("speech", "digits", "attention", "listen-attend-spell", "pytorch"),
        parameters=parameters,
        storage=STORED.get(storage, storage),
        data=data,
        command=training_command(training, data.folder, config["name"]),
        seed=training["seed"],
        minutes=training["minutes"],
        machine=machine,
        note=" ".join(part for part in (recipe, note) if part),
        log=tuple(config["log"]),
        split=TEXT["split"],
        scores=_score_rows(scores),
        how_scored=TEXT["how_scored"].format(offset=scores["offset_s"]),
        evaluate_commands=(
            command_text("python -m attention evaluate speech", {"data": data.folder, "model": config["name"]}),
        ),
        sections=(
            *((("With and without location awareness", _beside_text(config)),) if scores["beside"] else ()),
            ("What voices it knows", _voices_text(scores, training)),
            ("Is the light honest", TEXT["light"]),
        ),
        derived=TEXT["derived"],
        limits=LIMITS,
    )


def _score_rows(scores: dict) -> tuple[Score, ...]:
    rows = [
        Score("accuracy", "single digits spelled exactly", scores["digit_accuracy"], 4),
        Score("wer", "word errors, strings of three digits", scores["string_word_error_rate"], 4),
        Score("accuracy", "letters whose peak lies inside their word, strings of three", scores["inside_span"], 4),
        Score("accuracy", "the same, strings of eight", scores["inside_span_of_eight"], 4),
        Score("accuracy", "strings of eight digits spelled exactly", scores["eight_digit_exact"], 3),
        Score("wer", "word errors, strings of eight digits", scores["eight_digit_word_error_rate"], 4),
        Score("accuracy", "strings of twelve digits spelled exactly", scores["twelve_digit_exact"], 3),
        Score("wer", "word errors, strings of twelve digits", scores["twelve_digit_word_error_rate"], 4),
    ]
    if "new_voice_accuracy" in scores:
        rows.append(
            Score("accuracy", "single digits of a person never heard, mean of six", scores["new_voice_accuracy"], 3)
        )
    return tuple(rows)


def _beside_text(config: dict) -> str:
    """Return the table of this run, first, and of those beside it."""
    own = {"architecture": config["model"]["architecture"], **config["scores"]}
    own |= {"minutes": config["log"][-1]["minutes"], "steps": config["log"][-1]["step"]}
    rows = []
    for run in (own, *config["scores"]["beside"]):
        name = SHORT.get(run["architecture"], run["architecture"]) + (", this model" if run is own else "")
        shares = [f"{run[score]:.1%}" for score in ("digit_accuracy", "string_word_error_rate")]
        shares += [f"{run[score]:.0%}" for score in ("eight_digit_exact", "twelve_digit_exact")]
        rows.append(" | ".join([f"| {name}", f"{run['minutes']:.0f}", f"{run['steps']:,}", *shares]) + " |")
    return TEXT["beside"].format(rows="\n".join(rows))


def _voices_text(scores: dict, training: dict) -> str:
    new = scores["new_voices"]
    left = TEXT["not_left"]
    if new:
        rows = "\n".join(
            f"| {name} | {part['minutes']:.0f} | {part['recordings']} | {part['accuracy']:.1%} |"
            for name, part in new.items()
        )
        left = TEXT["left"].format(
            longest=max(part["longest"] for part in new.values()),
            rows=rows,
            mean=scores["new_voice_accuracy"],
        )
    titles = {voice.name: voice.title for voice in PAGE_VOICES}
    made = "; ".join(f"{titles.get(name, name)} {share:.0%}" for name, share in scores["made_voices"].items())
    return "\n\n".join([TEXT["people"].format(left=left), TEXT["made"].format(rows=made)])
