"""`DigitSpeller`: load a checkpoint once, then `spell` sounds; every answer carries its attention."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import torch

from attention.attention_map import AttentionMap
from attention.mechanisms import Mechanism
from attention.speech.features import log_mels, normalised
from attention.speech.letters import DIGITS, END, LETTERS, word_rows
from attention.speech.model import FRAME_S, REDUCTION, Speller, build_model, check_mechanism, parameters_of
from attention.speech.sound import MAX_SECONDS, RATE, Sound
from attention.speech.spelling import SpelledWord, Spelling
from attention.training.checkpoint import CheckpointError, find_checkpoint, load_parameters, read_config, shipped_models

MOST_LETTERS = 120  # then the spelling is cut: over twenty words
AROUND = 5  # frames of silence put before and behind a sound: files are often cut right at the voice
UNSURE = 0.5  # a word under this probability is called unsure
SILENT = 1e-4  # a peak under it is no sound

TEXT = {
    "silent": "The sound is silent, so there is nothing to spell.",
    "nothing": "No digit was heard.",
    "cut": "The spelling did not end by itself and was cut after {most} letters.",
    "other": "“{word}” is no digit’s word: the model spelled what it heard letter by letter.",
    "unsure": "Unsure of {words}: the letters’ probability is below {share:.0%}.",
    "many": "The model learnt strings of at most {most} digits.",
    "axis": "{seconds} s of sound",
}


def available_models() -> dict[str, dict]:
    """Return the shipped spellers: name and config.json of each, by name."""
    return shipped_models("speech")


class DigitSpeller:
    """A trained speller. Shared by all visitors: nothing in it changes after loading."""

    def __init__(
        self, model: Speller, config: dict, card: str = "", name: str = "", folder: Path | None = None
    ) -> None:
        self.model, self.config, self.card, self.name, self.folder = model.eval(), config, card, name, folder

    @classmethod
    def load(cls, name: str | Path = "spoken-digits") -> DigitSpeller:
        """Load a shipped model by name, or a checkpoint folder.

        Raises CheckpointError when there is none or its files do not belong together.
        """
        folder = find_checkpoint(str(name))
        config = read_config(folder)
        if config.get("task") != "speech" or "model" not in config:
            raise CheckpointError(f"{folder} is not a speech checkpoint; config.json needs task and model")
        try:
            model = build_model(config["model"])
            model.load_state_dict(load_parameters(folder / "model.safetensors"))
        except (RuntimeError, ValueError, TypeError) as error:
            raise CheckpointError(f"{folder}: model.safetensors does not fit config.json: {error}") from None
        model.requires_grad_(False)
        card = folder / "README.md"
        return cls(model, config, card.read_text(encoding="utf-8") if card.exists() else "", folder.name, folder)

    @property
    def parameters(self) -> int:
        """How many numbers training has set."""
        return parameters_of(self.model)

    @property
    def location_aware(self) -> bool:
        return self.model.config.location

    def spell(self, sound: Sound, mechanism: Mechanism | None = None) -> Spelling:
        """Spell a sound of at most 15 seconds, letter by letter, each time the likeliest one.

        The model hears 0.2 s of silence before and behind the sound; what little attention lies there is not shown.

        mechanism: replaces the attention for this call; its normaliser, scale and temperature. Raises ValueError for
        another score than the additive one, for a longer sound, and for samples that are no finite numbers.
        """
        check_mechanism(mechanism)
        _check(sound)
        start = time.perf_counter()
        around = AROUND * RATE * REDUCTION // 100
        mels = log_mels(np.pad(_filled(sound.samples), around))
        shown = mels[AROUND * REDUCTION : -AROUND * REDUCTION]
        if np.abs(sound.samples).max(initial=0.0) < SILENT:
            none = np.zeros((0, len(shown) // REDUCTION), dtype=np.float32)
            return _spelling(sound, shown, [], none, np.zeros(0), True, (TEXT["silent"],), start)
        numbers, weights, logs = spell_features(self.model, normalised(mels), mechanism)
        finished = bool(numbers) and numbers[-1] == END
        if finished:
            numbers, weights, logs = numbers[:-1], weights[:-1], logs[:-1]
        longest = self.config.get("training", {}).get("longest", 0)
        return _spelling(sound, shown, numbers, _within(weights), logs, finished, (), start, longest)


@torch.inference_mode()
def spell_features(
    model: Speller, features: np.ndarray, mechanism: Mechanism | None = None
) -> tuple[list[int], np.ndarray, np.ndarray]:
    """Spell greedily from normalised features (hundredths, 40), hundredths a multiple of 4.

    Returns the letters' numbers, the end mark among them when it was reached; weights (letters, frames); and the
    logarithms of their probabilities.
    """
    heard = model.encode(torch.from_numpy(np.ascontiguousarray(features, dtype=np.float32))[None])
    state, letter = model.start(heard), torch.tensor([END])
    numbers, weights, logs = [], [], []
    while len(numbers) < MOST_LETTERS and (not numbers or numbers[-1] != END):
        logits, state, row = model.step(heard, state, letter, mechanism)
        best, letter = logits.log_softmax(dim=-1).max(dim=-1)
        numbers.append(int(letter))
        weights.append(row[0])
        logs.append(float(best))
    return numbers, torch.stack(weights).numpy(), np.array(logs)


def _check(sound: Sound) -> None:
    if sound.samples.ndim != 1 or not np.isfinite(sound.samples).all():
        raise ValueError(f"samples must be one row of finite numbers, got shape {sound.samples.shape}; see Sound")
    if sound.seconds > MAX_SECONDS + 0.5:
        raise ValueError(f"the sound lasts {sound.seconds:.1f} seconds; at most {MAX_SECONDS:.0f} are spelled, cut it")


def _filled(samples: np.ndarray) -> np.ndarray:
    """Return the samples with silence behind them up to a whole number of the encoder's frames, at least three."""
    step = RATE * REDUCTION // 100
    wanted = max(3, -(-len(samples) // step)) * step
    return np.pad(np.asarray(samples, dtype=np.float32), (0, wanted - len(samples)))


def _within(weights: np.ndarray) -> np.ndarray:
    """Return the weights of the sound's own frames, each row again summing to 1, or to 0 where all lay beyond."""
    own = weights[:, AROUND:-AROUND]
    total = own.sum(axis=1, keepdims=True)
    return np.divide(own, total, out=np.zeros_like(own), where=total > 1e-6)


def _spelling(
    sound: Sound,
    mels: np.ndarray,
    numbers: list[int],
    weights: np.ndarray,
    logs: np.ndarray,
    finished: bool,
    notes: tuple[str, ...],
    start: float,
    longest: int = 0,
) -> Spelling:
    """Gather an answer. start: when the work began. longest: most digits of a training string, 0 if not known."""
    letters = tuple(LETTERS[number] for number in numbers)
    text = "".join(letters)
    frames = weights.shape[1]
    starts = np.arange(frames) * FRAME_S
    ends = np.minimum(starts + FRAME_S, max(sound.seconds, FRAME_S * (frames - 1)))
    words = tuple(_word(text, first, last, weights, logs, starts, ends) for first, last in word_rows(text))
    found = AttentionMap(
        weights[None, None],
        letters,
        tuple(f"{middle:.2f}" for middle in starts + FRAME_S / 2),
        query_axis="letter",
        key_axis=TEXT["axis"].format(seconds=FRAME_S),
        layer_names=("attention",),
        head_names=("one head",),
    )
    return Spelling(
        text=text,
        letters=letters,
        map=found,
        starts=starts,
        ends=ends,
        log_probabilities=logs,
        words=words,
        seconds_of_sound=sound.seconds,
        mels=mels.T,
        notes=(*sound.notes, *(notes or _notes(words, finished, longest))),
        seconds=time.perf_counter() - start,
        finished=finished,
    )


def _word(
    text: str, first: int, last: int, weights: np.ndarray, logs: np.ndarray, starts: np.ndarray, ends: np.ndarray
) -> SpelledWord:
    """Gather what is known of one word; where it was heard is where its letters looked."""
    rows = slice(first, last + 1)
    looked = weights[rows].sum(axis=0)
    shares = looked.cumsum() / max(looked.sum(), 1e-12)
    low, high = int((shares < 0.05).sum()), int((shares < 0.95).sum())
    best = int(looked.argmax())
    word = text[rows]
    last_frame = len(starts) - 1
    return SpelledWord(
        word,
        DIGITS.get(word),
        first,
        last,
        float(starts[min(low, last_frame)]),
        float(ends[min(high, last_frame)]),
        float((starts[best] + ends[best]) / 2),
        float(np.exp(logs[rows].sum())),
    )


def _notes(words: tuple[SpelledWord, ...], finished: bool, longest: int) -> tuple[str, ...]:
    notes = []
    if not words:
        notes.append(TEXT["nothing"])
    if not finished:
        notes.append(TEXT["cut"].format(most=MOST_LETTERS))
    notes += [TEXT["other"].format(word=_shown(word.text)) for word in words if word.digit is None][:3]
    unsure = [word.text for word in words if word.digit is not None and word.probability < UNSURE]
    if unsure:
        notes.append(TEXT["unsure"].format(words=", ".join(dict.fromkeys(unsure)), share=UNSURE))
    if 0 < longest < len(words):
        notes.append(TEXT["many"].format(most=longest))
    return tuple(notes)


def _shown(word: str, most: int = 20) -> str:
    """Return a word, cut where it is longer than any digit's word could be."""
    return word if len(word) <= most else word[: most - 1] + "…"
