"""Recommend books, score, train and release next-book models from a terminal."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from attention.commands import options
from attention.commands.terminal import (
    app,
    changed_mechanism,
    clear_errors,
    evaluate,
    release,
    report,
    settings_of,
    train,
    write_best,
    write_json,
)

if TYPE_CHECKING:
    from attention.recommendation.books import Books
    from attention.recommendation.corpus import Corpus
    from attention.recommendation.recommender import BookRecommender, Recommendations

SHOWN_REASONS = 3  # books of the list named for each recommended one
BASELINES = {"popularity": "popularity", "item_knn": "item neighbours", "recency_knn": "with recency", "gru": "GRU"}

NoGruOption = Annotated[bool, typer.Option("--no-gru", help="Compare with no GRU.")]
DataOption = Annotated[Path, typer.Option("--data", help="Folder with books.csv and ratings, .gz and .npz too.")]


@app.command()
def recommend(
    read: Annotated[
        list[str] | None,
        typer.Option("--read", help="A book you have read: its title, or number from 1 to 10000; oldest first."),
    ] = None,
    read_list: Annotated[
        Path | None, typer.Option("--list", help="A CSV file of books, as Goodreads exports it.")
    ] = None,
    count: Annotated[int, typer.Option("--count", help="How many books.")] = 10,
    popularity: Annotated[
        float, typer.Option("--popularity", help="0 as trained … 1 farthest from popular books.")
    ] = 0.0,
    per_author: Annotated[int | None, typer.Option("--per-author", help="At most so many books of one author.")] = None,
    include_read: Annotated[bool, typer.Option("--include-read", help="Books of the list may come again.")] = False,
    temperature: options.Temperature = None,
    normaliser: options.Normaliser = None,
    model: options.Model = "next-book",
    threads: options.Threads = 1,
    json: options.Json = False,
) -> None:
    """Recommend the next books after those read, and say because of which; without any, the most read ones."""
    with clear_errors():
        from attention.recommendation.answer import Options

        recommender = _load(model, threads)
        history, unmatched = _history(recommender, read or [], read_list, say_read=not json)
        asked = Options(count, popularity, not include_read, per_author)
        mechanism = changed_mechanism(recommender.model.mechanism, temperature, normaliser)
        answer = recommender.recommend(history, asked, mechanism)
    for title in unmatched:
        typer.echo(f"no book is called {title!r}; it is left out", err=True)
    if json:
        write_json({"model": recommender.name, **_answer_json(answer), "unmatched": unmatched})
    else:
        _show(answer)


@evaluate.command("recommendation")
def evaluate_recommendation(
    data: DataOption,
    model: options.Model = "next-book",
    gru: Annotated[
        str | None, typer.Option("--gru", help="The GRU to compare with; left out, the shipped one if it fits.")
    ] = None,
    no_gru: NoGruOption = False,
    split: Annotated[str, typer.Option("--split", help="test or valid.")] = "test",
    every: Annotated[int, typer.Option("--every", min=1, help="Score each so manieth reader only.")] = 1,
    threads: options.Threads = 1,
    json: options.Json = False,
) -> None:
    """Rank all books for every reader's held-out book: the model, popularity, neighbours and a GRU."""
    with clear_errors():
        from attention.recommendation.corpus import Corpus
        from attention.recommendation.scoring import load_state_model, score

        recommender = _load(model, threads)
        corpus = Corpus(data)
        compared = None if no_gru else gru or _shipped_gru(corpus)
        if compared is not None:
            compared = load_state_model(compared, corpus.items)
        found = score(recommender, corpus, gru=compared, split=split, every=every, report=report)
    if json:
        write_json({"model": recommender.name, "data": str(data), **found})
        return
    typer.echo(f"{'':18}HR@10  NDCG@10   model - this, 95 %")
    typer.echo(f"{recommender.name:18}{found['hr@10']:.3f}  {found['ndcg@10']:.3f}")
    for name, label in BASELINES.items():
        if scores := found["baselines"][name]:
            gaps = [found["differences"][name][measure] for measure in ("hr@10", "ndcg@10")]
            shown = "   ".join(f"{gap['difference']:+.3f} ({gap['low']:+.3f} … {gap['high']:+.3f})" for gap in gaps)
            typer.echo(f"{label:18}{scores['hr@10']:.3f}  {scores['ndcg@10']:.3f}     {shown}")
    typer.echo(f"{found['readers']:,} readers, {found['books']:,} books, {found['seconds']:.0f} s")


@train.command("recommendation")
def train_recommendation(
    context: typer.Context,
    data: DataOption,
    out: options.RunFolder,
    max_minutes: options.Minutes,
    model: Annotated[str, typer.Option("--model", help="candidates, gru or sasrec.")] = "candidates",
    d_model: Annotated[int, typer.Option(min=1, help="Numbers of a book's vector.")] = 128,
    heads: Annotated[int, typer.Option(min=1, help="Heads of the attention.")] = 4,
    head_dim: Annotated[int, typer.Option(min=1, help="Numbers of a head's query and key.")] = 16,
    window: Annotated[int, typer.Option(min=1, help="How many of the last books are looked at.")] = 40,
    start: Annotated[str, typer.Option(help="Of the books' vectors: neighbours or random.")] = "random",
    focus: Annotated[float, typer.Option(min=0.0, max=1.0, help="q of the loss (1 - p^q) / q; 0 is log p.")] = 0.5,
    negatives: Annotated[int, typer.Option(min=0, help="Other books in a step's contest; 0 for all.")] = 700,
    dropout: options.Dropout = 0.3,
    book_dropout: Annotated[float, typer.Option(min=0.0, max=0.9, help="Share of a list's books left out then.")] = 0.1,
    pair_dropout: Annotated[
        float, typer.Option(min=0.0, max=1.0, help="Share of lists without what is known of pairs.")
    ] = 0.0,
    readers_per_batch: Annotated[int, typer.Option(min=1, help="Readers a batch holds.")] = 16,
    valid_every: Annotated[int, typer.Option(min=1, help="Validate on each so manieth reader.")] = 3,
    learning_rate: options.Rate = 2e-3,
    warmup_steps: options.Warmup = 50,
    hold: options.Hold = 0.3,
    final_rate: options.FinalRate = 0.02,
    weight_decay: options.Decay = 0.3,
    clip: options.Clip = 1.0,
    average: options.Average = 0.99,
    validate_minutes: options.Validate = 4.0,
    save_minutes: options.Save = 3.0,
    seed: options.Seed = 1,
    precision: options.Precision = "no",
    threads: options.Threads = 1,
) -> None:
    """Train a next-book model; OUT/best is its best checkpoint so far, OUT/log.csv its scores."""
    with clear_errors():
        from attention.recommendation import recipe
        from attention.training.loop import RunSettings

        settings = settings_of(recipe.RecommendationSettings, context.params)
        run = settings_of(RunSettings, context.params)
        best = recipe.train_recommendation(data, settings, run, out)
    write_best(best)


@release.command("recommendation")
def release_recommendation(
    run: options.Run,
    data: DataOption,
    name: options.Name,
    out: options.Shipped = None,
    storage: options.Storage = "int8",
    machine: options.Machine = "1 CPU core",
    note: options.Note = "",
    gru: Annotated[
        str | None,
        typer.Option("--gru", help="The GRU to compare with, name or folder; left out, the shipped one if it fits."),
    ] = None,
    no_gru: NoGruOption = False,
    every: Annotated[int, typer.Option("--every", min=1, help="Each so manieth reader only, for a trial.")] = 1,
    threads: options.Threads = 1,
) -> None:
    """Scale the scores on the valid split, score the test split once, write checkpoint and card."""
    with clear_errors():
        import torch

        from attention.recommendation import release as shipping
        from attention.recommendation.corpus import Corpus
        from attention.training.checkpoint import CHECKPOINTS

        torch.set_num_threads(threads)
        folder = shipping.release(
            run,
            data,
            name,
            out or CHECKPOINTS,
            storage=storage,
            machine=machine,
            note=note,
            gru=None if no_gru else gru or _shipped_gru(Corpus(data)),
            every=every,
            report=report,
        )
    typer.echo(folder)


def _load(name: str, threads: int) -> BookRecommender:
    import torch

    from attention.recommendation.recommender import BookRecommender

    torch.set_num_threads(threads)
    return BookRecommender.load(name)


def _shipped_gru(corpus: Corpus) -> str | None:
    """Return the name of the shipped GRU, or None, with a word, where it is not there or learnt other books."""
    from attention.recommendation.scoring import GRU
    from attention.training.checkpoint import CHECKPOINTS, read_config

    if not (CHECKPOINTS / GRU / "config.json").exists():
        report(f"{GRU} is not installed; the comparison with a GRU is left out")
        return None
    items = read_config(CHECKPOINTS / GRU)["model"]["items"]
    if items != corpus.items:
        report(f"{GRU} knows {items:,} books, the data {corpus.items:,}; the comparison with a GRU is left out")
        return None
    return GRU


def _history(
    recommender: BookRecommender, read: list[str], file: Path | None, say_read: bool
) -> tuple[list[int], list[str]]:
    """Return the numbers of the books of a file and of the options behind them, and the titles without a book.

    say_read: say on standard error which book each option was read as.
    """
    numbers, unmatched = [], []
    if file is not None:
        found = recommender.parse_list(file.read_bytes())
        numbers += [book.id for book in found.matched]
        unmatched += found.unmatched
        for note in found.notes:
            report(note)
        for listed, book in found.guessed:
            report(f"“{listed}” was taken for “{book.title}”")
    for text in read:
        number = _book_number(recommender.books, text)
        if number is None:
            unmatched.append(text)
            continue
        numbers.append(number)
        if say_read and number in recommender.books:
            book = recommender.books[number]
            report(f"read as: {book.title}, {book.first_author}")
    return numbers, unmatched


def _book_number(books: Books, text: str) -> int | None:
    """Return the book of exactly that title, else the number itself, else the first that a search finds."""
    from attention.recommendation.books import same_title
    from attention.recommendation.data import MOST_BOOKS

    book = books.match(text)
    if book is not None and same_title(book, text):
        return book.id
    digits = text.strip()
    if digits.isascii() and digits.isdigit() and len(digits) < 6 and 1 <= int(digits) <= MOST_BOOKS:
        return int(digits)
    book = next(iter(books.search(text, 1)), book)
    return None if book is None else book.id


def _answer_json(answer: Recommendations) -> dict:
    """Return an answer as plain lists, strings and numbers; `weights` is recommended × history, rows sum to 1."""
    return {
        "history": [{"id": book.id, "title": book.title, "authors": book.authors} for book in answer.history],
        "items": [
            {
                "rank": item.rank,
                "id": item.book.id,
                "title": item.book.title,
                "authors": item.book.authors,
                "year": item.book.year,
                "score": item.score,
                "probability": item.probability,
                "popularity_rank": item.popularity_rank,
            }
            for item in answer.items
        ],
        "weights": [] if answer.map is None else answer.map.matrix().tolist(),
        "because": [list(row) for row in answer.because],
        "cold": answer.cold,
        "notes": list(answer.notes),
        "seconds": round(answer.seconds, 4),
    }


def _show(answer: Recommendations) -> None:
    """Print each recommended book, how likely it is, and the books that added most to its score, with their weights."""
    for note in answer.notes:
        typer.echo(note, err=True)
    matrix = None if answer.map is None else answer.map.matrix()
    for place, item in enumerate(answer.items):
        typer.echo(f"{item.rank:3}  {item.probability:6.1%}  {item.book.title}, {item.book.first_author}")
        if matrix is not None:
            reasons = answer.because[place][:SHOWN_REASONS]
            looked = "; ".join(f"{answer.history[i].title} {matrix[place, i]:.0%}" for i in reasons)
            typer.echo(f"             because of {looked}")
    if matrix is not None:
        typer.echo("\nbecause of: the books that added most to the score, with the share of the attention on each")
