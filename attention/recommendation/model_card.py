"""What the card of a shipped next-book model says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields

from attention.recommendation.corpus import Corpus
from attention.recommendation.neighbours import KEPT
from attention.recommendation.recipe import RecommendationSettings
from attention.training.card import CardFacts, DataFacts, Score, command_text
from attention.training.loop import RunSettings

STORED = {"int8": "8-bit rows with one half-precision scale each", "float16": "half precision"}
TITLES = {
    "candidates": "The next book, by candidate attention",
    "gru": "The next book, by a GRU (to compare with)",
    "sasrec": "The next book, by SASRec (to compare with)",
}
BASELINES = {
    "popularity": "popularity",
    "item_knn": "item neighbours, cosine",
    "recency_knn": "recency-weighted item neighbours",
    "gru": "GRU with as many parameters",
}

TEXT = {
    "summary": (
        "Reads the list of books somebody has read, oldest first, and ranks {books:,} books by how well each comes "
        "next. Every book on offer is a query of {heads} attention heads over the last {window} books of the list "
        "(causal multi-head attention after SASRec, Kang & McAuley 2018, with the book to be scored as the query), "
        "with learned vectors of width {width}, and learned weights for the age of a book on the list, for how often "
        "two books were read near each other, and for author and series."
    ),
    "state": (
        "Sums the last {window} books of a list up in one state of width {width} and ranks {books:,} books by their "
        "product with it. Shipped only so that the recommender can be compared with it."
    ),
    "used": (
        "{ratings:,} ratings by {readers:,} readers to learn from; each reader's last book but one to choose by, the "
        "last one to score with. Only books with five or more ratings to learn from are known: {known:,} of {all:,}."
    ),
    "how_scored": (
        "Leave-one-out: after all books before it, each reader's last book is ranked among all known books that the "
        "reader has not read; a book that is not known is a miss ({missed:.1%}). HR@10 is how often it is among the "
        "first ten, NDCG@10 counts the place, both as fractions. Settings were chosen on the valid split, where the "
        "model has {hr:.3f} and {ndcg:.3f}."
    ),
    "state_scored": (
        "Leave-one-out over all known books that the reader has not read; unknown ones are misses. On the valid split "
        "{hr:.3f} and {ndcg:.3f}."
    ),
    "baselines": (
        "The same readers, books and rules. The neighbours weigh the cosine of two books' readers by "
        "e^(-age / {age:g}) with the age that does best on the valid split. The last columns are model less "
        "baseline, with the 95 % interval of a paired bootstrap over readers (2,000 resamples).\n\n"
        "| | HR@10 | NDCG@10 | difference HR@10 | difference NDCG@10 |\n| --- | ---: | ---: | ---: | ---: |\n{rows}"
    ),
    "knows": (
        "Popular books in English on Goodreads up to 2017: the ten thousand most rated, as a sample of 5 % of the "
        "readers saw them. It has read no book: it knows who read what near what, the first author, and the series "
        "that a title names. Beside its parameters it holds, for each known book, the {kept} books most often read "
        "near it, by the same readers, and after it, counted on the same ratings. While it learnt from a reader, that "
        "reader's own part was taken out of these counts; without that it would trust them too much."
    ),
    "light": (
        "A book's score is the sum, over heads and list, of attention weight times what the two books have in common, "
        "plus a number of its own. A weight says where the model looked for this book, not how much that spoke for it. "
        "What a book added is the weight times that value. On {lists} lists of the valid split (their last 20 books) "
        "each book was left out in turn, and the real fall of the first recommended book's log-odds was compared: "
        "ranks by Kendall's tau-b, and how often the first of either ranking is the book whose loss costs most. "
        "Leaving a book out also moves all older ones closer.\n\n"
        "| ranked by | tau | same first book |\n| --- | ---: | ---: |\n"
        "| attention weight | {attention:.2f} | {top_attention:.0%} |\n"
        "| what it added | {contributions:.2f} | {top_contributions:.0%} |\n"
        "| weights drawn by lot | {random:.2f} | {top_random:.0%} |"
    ),
    "scale": (
        "On the valid split the vectors' part of the scores did best at {share:g} of what training gave it. Scores are "
        "multiplied by {scale:g}, which gives the next books of the valid split the highest likelihood; the "
        "order of the books stays."
    ),
    "dial": (
        "Books can be ordered by score less a share of the logarithm of their readers, to be surprised more. On every "
        "third reader of the valid split the right book is then among the first ten less often:\n\n"
        "| share | HR@10 | NDCG@10 |\n| ---: | ---: | ---: |\n{rows}"
    ),
    "loss": (
        "The loss is (1 - p^q) / q with q = {focus:g} (Zhang & Sabuncu 2018) over the next book and {negatives:,} "
        "drawn at each step: next books that can be told at all weigh more than in the cross entropy."
    ),
    "split": "last book of each of {readers:,} readers",
    "derived": "ratings",
}
LIMITS = (
    "Most next books cannot be told: the right one is among the first ten in about one case in five.",
    "What comes next in the data is the order in which ratings were given on a site: whole series are often entered at "
    "once, so the next volume comes first, read or not.",
    "It never met books after 2017, and few that are not in English; what few people rate it does not know.",
    "It repeats whom the site's members read: mostly American and British authors, and the well-known ones.",
    "Stars are not used: it says what is read next, not what is liked.",
)
STATE_LIMITS = ("It is there to compare with; the pages do not ask it.", LIMITS[1])


def used_text(corpus: Corpus) -> str:
    """Return how many ratings and books of a corpus were used for what."""
    ratings = sum(len(reader.books) for reader in corpus.readers)
    return TEXT["used"].format(ratings=ratings, readers=len(corpus.readers), known=corpus.items, all=len(corpus.books))


def training_command(training: Mapping, data: str, name: str) -> str:
    """Return the command that trains with exactly these settings, every option spelt out."""
    given: dict[str, object] = {"data": data, "out": f"runs/{name}"}
    names = [field.name for kind in (RecommendationSettings, RunSettings) for field in fields(kind)]
    given |= {key: training[key] for key in names if key in training}
    return command_text("python -m attention train recommendation", given)


def card_facts(config: dict, data: DataFacts, parameters: int, storage: str, machine: str, note: str = "") -> CardFacts:
    """Gather what the card says about a shipped recommender. config: its config.json."""
    scores, training, model = config["scores"], config["training"], config["model"]
    summary = TEXT["summary"].format(
        books=model["items"], heads=model["heads"], window=model["window"], width=model["d_model"]
    )
    scored = TEXT["how_scored"].format(missed=scores["missed"], **scores["valid"])
    light = TEXT["light"].format(**scores["light"])
    sections = (
        ("Against simpler methods", _baseline_text(scores)),
        ("What it knows", TEXT["knows"].format(kept=KEPT)),
        (
            "Loss and scale",
            TEXT["loss"].format(**training)
            + " "
            + TEXT["scale"].format(scale=config["score_scale"], share=config["vector_share"]),
        ),
        ("The price of surprise", _dial_text(scores["dial"])),
        ("What the attention explains", light),
    )
    return _facts(config, data, parameters, storage, machine, note, summary, scored, sections, LIMITS)


def state_card_facts(
    config: dict, data: DataFacts, parameters: int, storage: str, machine: str, note: str
) -> CardFacts:
    """Gather what the card says about a GRU or SASRec that is shipped to compare with."""
    model = config["model"]
    summary = TEXT["state"].format(window=model["window"], width=model["d_model"], books=model["items"])
    scored = TEXT["state_scored"].format(**config["scores"]["valid"])
    return _facts(config, data, parameters, storage, machine, note, summary, scored, (), STATE_LIMITS)


def _facts(
    config: dict,
    data: DataFacts,
    parameters: int,
    storage: str,
    machine: str,
    note: str,
    summary: str,
    scored: str,
    sections: tuple[tuple[str, str], ...],
    limits: tuple[str, ...],
) -> CardFacts:
    scores, training = config["scores"], config["training"]
    return CardFacts(
        name=config["name"],
        title=config["title"],
        summary=summary,
        pipeline_tag="other",
        languages=("en",),
        tags=("recommendation", "attention", config["model"]["architecture"], "pytorch"),
        parameters=parameters,
        storage=STORED.get(storage, storage),
        data=data,
        command=training_command(training, data.folder, config["name"]),
        seed=training["seed"],
        minutes=training["minutes"],
        machine=machine,
        note=note,
        log=tuple(config["log"]),
        split=TEXT["split"].format(readers=scores["readers"]),
        scores=(
            Score("hit_rate", "HR@10", scores["hr@10"], 3),
            Score("ndcg", "NDCG@10", scores["ndcg@10"], 3),
        ),
        how_scored=scored,
        evaluate_commands=(command_text("python -m attention evaluate recommendation", {"data": data.folder}),),
        sections=sections,
        derived=TEXT["derived"],
        limits=limits,
    )


def _dial_text(found: Sequence[Mapping]) -> str:
    rows = (f"| {one['popularity']:g} | {one['hr@10']:.3f} | {one['ndcg@10']:.3f} |" for one in found)
    return TEXT["dial"].format(rows="\n".join(rows))


def _baseline_text(scores: Mapping) -> str:
    rows = []
    for name, label in BASELINES.items():
        found = scores["baselines"].get(name)
        if found is not None:
            gaps = [_gap(scores["differences"][name][measure]) for measure in ("hr@10", "ndcg@10")]
            rows.append(f"| {label} | {found['hr@10']:.3f} | {found['ndcg@10']:.3f} | {' | '.join(gaps)} |")
    return TEXT["baselines"].format(age=scores["baselines"]["recency_knn"]["age"], rows="\n".join(rows))


def _gap(found: Mapping[str, float]) -> str:
    return f"{found['difference']:+.3f} ({found['low']:+.3f} … {found['high']:+.3f})".replace("-", "−")
