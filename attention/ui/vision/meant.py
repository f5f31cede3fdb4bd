"""What a phrase truly means in a scene whose truth is known."""

from __future__ import annotations

from attention.vision.asking import UNSEEN_RANKS, UNSEEN_RELATIONS
from attention.vision.phrases import Phrase, PhraseError, meant, read_phrase
from attention.vision.scenes import Scene


def meant_pieces(phrase: str, scene: Scene | None) -> tuple[int, ...] | None:
    """Return which pieces of the scene the phrase means, all for no phrase; None where nobody knows the truth.

    Raises PhraseError.
    """
    if scene is None or None in scene.digits:
        return None
    return meant(read_phrase(phrase), scene) if phrase else tuple(range(len(scene.digits)))


def is_here(phrase: str, scene: Scene) -> bool:
    """Tell whether the phrase means anything in the scene; a phrase that nobody understands means what you like."""
    try:
        return bool(meant_pieces(phrase, scene))
    except PhraseError:
        return True


def kind_of(phrase: Phrase) -> str:
    """Return of which kind a phrase is, by the names under which kinds were scored."""
    if phrase.relation:
        return "unseen" if (phrase.relation, phrase.landmark) in UNSEEN_RELATIONS else "relations"
    if phrase.rank:
        if (phrase.rank, phrase.parity) in UNSEEN_RANKS:
            return "unseen_ranks"
        return "sizes" if phrase.rank in ("largest", "smallest") else "places"
    return "parities" if phrase.parity else "names"


def plain_digit(phrase: Phrase | None) -> int | None:
    """Return the digit of a phrase that is about nothing but that digit ("the seven"), else None."""
    if phrase is None or phrase.rank or phrase.relation:
        return None
    return phrase.digit
