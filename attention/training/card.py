"""A model's card: a README.md as the Hugging Face hub reads it, written from recorded facts.

The header between two lines of dashes is a small part of YAML: maps, lists, text, numbers. `read_metadata` reads
exactly that part and refuses the rest.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

ROWS = 8  # of the table of a training run
_PLAIN = re.compile(r"[A-Za-z][\w .,/+-]*(?<! )")  # text that YAML reads as text without quotes
_WORDS = {"true", "false", "null", "yes", "no", "on", "off", "y", "n"}  # and these it does not
_NUMBER = re.compile(r"-?(0|[1-9]\d*)(\.\d+)?")
_KEY = re.compile(r"([A-Za-z_][\w-]*):(?: (.+))?")


class CardError(ValueError):
    """A card or a corpus description that cannot be read; the message says what is missing, with the line."""


@dataclass(frozen=True)
class DataFacts:
    """A corpus: its name, licence ("CC BY 2.0 (France)"), the attribution line to repeat, and what was used of it."""

    name: str
    folder: str
    licence: str
    attribution: str
    used: str = ""

    @property
    def licence_id(self) -> str:
        """The licence as the hub writes it, such as "cc-by-2.0"."""
        return re.sub(r" \(.*\)", "", self.licence).lower().replace(" ", "-")


@dataclass(frozen=True)
class Score:
    """One number of the table of scores; `metric` is the hub's name of it, such as "bleu"; so many digits are shown."""

    metric: str
    name: str
    value: float
    digits: int = 1


@dataclass(frozen=True)
class CardFacts:
    """All that a card states.

    log: rows of the run's log.csv. split: what was scored. how_scored: how, in sentences; the commands that score it
    again follow. sections: (heading, text) between scores and limits. derived: what of the data the parameters were
    learnt from ("the sentences"). note: what else happened while it trained.
    """

    name: str
    title: str
    summary: str
    pipeline_tag: str
    languages: tuple[str, ...]
    tags: tuple[str, ...]
    parameters: int
    storage: str
    data: DataFacts
    command: str
    seed: int
    minutes: float
    machine: str
    log: tuple[dict, ...]
    split: str
    scores: tuple[Score, ...]
    how_scored: str
    evaluate_commands: tuple[str, ...]
    sections: tuple[tuple[str, str], ...]
    limits: tuple[str, ...]
    derived: str = "data"
    note: str = ""


def read_data_facts(folder: Path | str, used: str = "") -> DataFacts:
    """Read name, licence and attribution line from a corpus folder's README.md.

    It must hold a heading, a line that starts with `Licence: CC BY…` and one `Attribution line for the app: "…"`.
    Raises CardError when one of them is missing: a card without them must not be written.
    """
    path = Path(folder).resolve() / "README.md"
    if not path.exists():
        raise CardError(f"{path} does not exist; a card must state the data's licence and attribution")
    text = path.read_text(encoding="utf-8")
    wanted = {
        "a heading": r"^# (.+)$",
        "a line 'Licence: CC …'": r"^Licence: (CC [A-Z-]+ \d\.\d(?: \(\w+\))?)",
        "a line 'Attribution line for the app: \"…\"'": r'^Attribution line for the app: "(.+)"$',
    }
    found = {name: re.search(pattern, text, re.MULTILINE) for name, pattern in wanted.items()}
    if missing := [name for name, match in found.items() if match is None]:
        raise CardError(f"{path} lacks {' and '.join(missing)}; a card must state them")
    name, licence, attribution = (match.group(1).strip() for match in found.values())
    return DataFacts(name, path.parent.name, licence, attribution, used)


def card(facts: CardFacts) -> str:
    """Return the text of a README.md: the hub's header, then what a reader wants to know."""
    parts = [
        f"# {facts.title}",
        facts.summary,
        f"{facts.parameters:,} parameters, stored as {facts.storage}.",
        "## Training data",
        f"{facts.data.name}. {facts.data.used}".strip(),
        f"{facts.data.attribution}",
        "## Training",
        _code(facts.command),
        _training(facts),
        *([facts.note] if facts.note else []),
        _table(facts.log),
        "## Scores",
        f"On the {facts.split}.",
        _score_table(facts.scores),
        f"{facts.how_scored} Again with:",
        _code("\n".join(facts.evaluate_commands)),
        *(part for heading, text in facts.sections for part in (f"## {heading}", text)),
        "## Limits",
        "\n".join(f"- {limit}" for limit in facts.limits),
        "## Licence",
        f"The parameters are shared under {facts.data.licence}, the licence of the {facts.derived} they were learnt "
        f"from. Who passes them on keeps this line: {facts.data.attribution}",
    ]
    return _header(facts) + "\n" + "\n\n".join(parts) + "\n"


def command_text(start: str, options: Mapping[str, object], width: int = 88) -> str:
    """Return a command with every option spelt out, in lines that a shell reads as one.

    options: by their Python names; the value "" stands for an option without one, such as --json.
    """
    named = ((f"--{name.replace('_', '-')}", _written(value)) for name, value in options.items())
    return " \\\n  ".join(_lines([start, *(f"{name} {value}".strip() for name, value in named)], width))


def write_metadata(metadata: dict) -> str:
    """Return a header with its two lines of dashes.

    Values: text, numbers, lists and maps of them, none empty. Raises CardError for a key that is not a plain word.
    """
    return "---\n" + "\n".join(_yaml_lines(metadata, 0)) + "\n---\n"


def read_metadata(text: str) -> dict:
    """Return the header of a card as maps, lists, text and numbers.

    Raises CardError, with the line, for a card without header and for YAML that this reader does not know: comments,
    anchors, flow style, block text, tabs, repeated keys.
    """
    lines = text.split("\n")
    if lines[0] != "---" or "---" not in lines[1:]:
        raise CardError("the card has no header; its first line must be --- and another such line must end it")
    end = lines.index("---", 1)
    numbered = [(number, line) for number, line in enumerate(lines[1:end], start=2)]
    value, rest = _read_block(numbered, 0)
    if rest:
        raise CardError(f"line {rest[0][0]}: {rest[0][1]!r} is indented further than what it belongs to")
    if not isinstance(value, dict):
        raise CardError("line 2: the header must be a map of keys and values")
    return value


def card_text(card: str) -> str:
    """Return a card without the header between its two lines of dashes."""
    if not card.startswith("---\n"):
        return card
    return card.split("\n---\n", 1)[-1]


def _header(facts: CardFacts) -> str:
    result = {
        "task": {"type": facts.pipeline_tag},
        "dataset": {"name": facts.data.name, "type": facts.data.folder, "split": "test"},
        "metrics": [{"type": score.metric, "name": score.name, "value": _rounded(score)} for score in facts.scores],
    }
    return write_metadata(
        {
            "license": facts.data.licence_id,
            "language": list(facts.languages),
            "pipeline_tag": facts.pipeline_tag,
            "datasets": [facts.data.folder],
            "tags": list(facts.tags),
            "metrics": list(dict.fromkeys(score.metric for score in facts.scores)),
            "model-index": [{"name": facts.name, "results": [result]}],
        }
    )


def _rounded(score: Score) -> float:
    return round(score.value, max(2, score.digits))


def _training(facts: CardFacts) -> str:
    last = facts.log[-1]
    best = max(facts.log, key=lambda row: row["score"])
    return (
        f"Seed {facts.seed}. {facts.minutes:.0f} minutes on {facts.machine}: {last['step']:,.0f} steps, epoch "
        f"{last['epoch']:.0f}. The moving average of the parameters that scored best on the validation split was kept, "
        f"that of minute {best['minutes']:.0f}."
    )


def _table(log: Sequence[dict]) -> str:
    """Return some rows of the log as a Markdown table, the first and the last among them."""
    count = min(ROWS, len(log))
    places = [round(i * (len(log) - 1) / max(1, count - 1)) for i in range(count)]
    rows = [
        f"| {row['minutes']:.0f} | {row['step']:,.0f} | {row['valid_loss']:.2f} | {row['score']:.1f} |"
        for row in (log[place] for place in places)
    ]
    head = ["| minutes | steps | validation loss | validation score |", "| ---: | ---: | ---: | ---: |"]
    return "\n".join(head + rows)


def _score_table(scores: Sequence[Score]) -> str:
    rows = (f"| {score.name} | {score.value:.{score.digits}f} |" for score in scores)
    return "\n".join(["| score | value |", "| --- | ---: |", *rows])


def _code(text: str) -> str:
    return f"```sh\n{text}\n```"


def _written(value: object) -> str:
    return repr(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _lines(parts: Sequence[str], width: int) -> Iterator[str]:
    line = parts[0]
    for part in parts[1:]:
        if len(line) + len(part) + 1 > width:
            yield line
            line = part
        else:
            line = f"{line} {part}"
    yield line


def _yaml_lines(value: dict | list, depth: int) -> list[str]:
    space, lines = "  " * depth, []
    if isinstance(value, dict):
        for key, part in value.items():
            if not _KEY.fullmatch(f"{key}:") or key.lower() in _WORDS:
                raise CardError(f"{key!r} cannot be a key: YAML reads it as something else; choose a plain word")
            if isinstance(part, dict | list):
                lines += [f"{space}{key}:", *_yaml_lines(part, depth + 1)]
            else:
                lines.append(f"{space}{key}: {_scalar(part)}")
        return lines
    for part in value:
        block = _yaml_lines(part, depth + 1) if isinstance(part, dict | list) else [f"{space}  {_scalar(part)}"]
        lines += [f"{space}- {block[0][len(space) + 2 :]}", *block[1:]]
    return lines


def _scalar(value: str | float) -> str:
    if not isinstance(value, str):
        return format(value, "f").rstrip("0").rstrip(".") if isinstance(value, float) else str(value)
    plain = _PLAIN.fullmatch(value) and value.lower() not in _WORDS
    if plain:
        return value
    quoted = json.dumps(value, ensure_ascii=False)
    return "".join(c if c.isprintable() or ord(c) > 0xFFFF else f"\\u{ord(c):04x}" for c in quoted)


def _read_scalar(text: str, number: int) -> str | float:
    if text.startswith('"'):
        try:
            return json.loads(text)
        except ValueError:
            raise CardError(f"line {number}: {text} is not closed or not plain quoted text") from None
    if _NUMBER.fullmatch(text):
        return float(text) if "." in text else int(text)
    if not _PLAIN.fullmatch(text) or text.lower() in _WORDS:
        raise CardError(f'line {number}: {text!r} is not read here; write text of that kind in "double quotes"')
    return text


def _read_block(lines: list[tuple[int, str]], depth: int) -> tuple[dict | list, list[tuple[int, str]]]:
    """Read the lines indented by `depth` or more as one map or list; return it and the lines that are left."""
    number, first = lines[0] if lines else (2, "")
    if not first.strip() or "\t" in first:
        raise CardError(f"line {number}: a key or a list item was wanted, without tabs, got {first!r}")
    if first[depth:].startswith("- "):
        return _read_list(lines, depth)
    return _read_map(lines, depth)


def _read_list(lines: list[tuple[int, str]], depth: int) -> tuple[list, list[tuple[int, str]]]:
    values: list = []
    while lines and _indent(lines[0][1]) == depth and lines[0][1][depth:].startswith("- "):
        number, line = lines[0]
        rest = line[depth + 2 :]
        if _KEY.fullmatch(rest):  # a map whose first key stands behind the dash
            value, lines = _read_map([(number, " " * (depth + 2) + rest), *lines[1:]], depth + 2)
        else:
            value, lines = _read_scalar(rest, number), lines[1:]
        values.append(value)
    return values, lines


def _read_map(lines: list[tuple[int, str]], depth: int) -> tuple[dict, list[tuple[int, str]]]:
    values: dict = {}
    while lines and _indent(lines[0][1]) == depth:
        number, line = lines[0]
        match = _KEY.fullmatch(line[depth:])
        if match is None or match.group(1).lower() in _WORDS:
            raise CardError(f"line {number}: {line.strip()!r} is not 'key: value'")
        key, text = match.groups()
        if key in values:
            raise CardError(f"line {number}: the key {key!r} came before")
        lines = lines[1:]
        if text is not None:
            values[key] = _read_scalar(text, number)
        else:
            inner = _indent(lines[0][1]) if lines else -1
            if inner < depth or (inner == depth and not lines[0][1][depth:].startswith("- ")):
                raise CardError(f"line {number}: {key!r} has no value")
            values[key], lines = _read_block(lines, inner)
    return values, lines


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))
