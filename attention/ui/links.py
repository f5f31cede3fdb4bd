"""The state of a page in its address: declared once as fields, read strictly, written shortly.

A page declares its fields, calls `open_link` first and `show_link` last, and gives each widget the key that
`widget_key` names (and no `value=`: the state fills the widget). Then the address alone reopens the page as it is, the
values survive a visit to another page, and the same values travel in a JSON file where an address is too short.

The upper half of the file is plain Python; only the part after the line "Streamlit" touches the session.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import urlencode

import streamlit as st

ADDRESS_LIMIT = 4_096  # characters after the "?"; longer addresses are cut by mail programs and some servers
TEXT_LIMIT = 2_000  # characters of one text
FILE_LIMIT = 1 << 20  # bytes of a state file
SHOWN_LIMIT = 40  # characters of a refused value that a message repeats
PROBLEM_LIMIT = 5  # messages shown of one link
APP_NAME = "attention-lab"
STATE_VERSION = 1
STREAMLIT_KEYS = frozenset({"embed", "embed_options"})  # these belong to Streamlit and are never ours

TEXT = {
    "unknown": "The link also sets “{name}”, which this page does not know; it was left out.",
    "invalid": "The link gives “{name}” as “{value}”, but {wanted}; “{default}” is used instead.",
    "invalid_no_default": "The link gives “{name}” as “{value}”, but {wanted}; it was left empty.",
    "more": "… and {count} more settings of the link could not be used.",
    "address_too_long": "The link holds more than {limit:,} characters and was not read.",
    "file_too_long": "The file holds {size:,} bytes; a saved state has at most {limit:,}. It was not read.",
    "not_json": "The file is not a saved state: it is not JSON text.",
    "not_ours": "The file is JSON, but not a state saved by this lab.",
    "other_version": "The file was saved in format {version}; this lab reads format {wanted}.",
    "other_page": "The file was saved on the page “{page}”; open it there.",
    "want_choice": "it must be one of {choices}",
    "want_range": "it must be a number from {low} to {high}",
    "want_whole": "it must be a whole number from {low} to {high}",
    "want_flag": "it must be 1 or 0",
    "want_text": "it must be a text of at most {limit:,} characters without control characters",
}

NUMBER = re.compile(r"[+-]?(\d{1,17}(\.\d{0,20})?|\.\d{1,20})(e[+-]?\d{1,3})?", re.ASCII)
WHOLE = re.compile(r"[+-]?\d{1,18}", re.ASCII)


class FieldError(ValueError):
    """A value that a field refuses; the message completes the sentence "…, but"."""


@dataclass(frozen=True)
class Choice:
    """One of several texts."""

    name: str
    choices: tuple[str, ...]
    default: str

    def check(self, value: Any) -> str:
        if not isinstance(value, str) or value not in self.choices:
            listed = ", ".join(f"“{choice}”" for choice in self.choices[:12])
            raise FieldError(TEXT["want_choice"].format(choices=listed + (", …" if len(self.choices) > 12 else "")))
        return value

    read = check

    def write(self, value: str) -> str:
        return value


@dataclass(frozen=True)
class Text:
    """Free text. Control characters other than tab and line break are refused."""

    name: str
    default: str = ""
    max_chars: int = TEXT_LIMIT

    def check(self, value: Any) -> str:
        if not isinstance(value, str) or len(value) > self.max_chars or any(map(is_control, value)):
            raise FieldError(TEXT["want_text"].format(limit=self.max_chars))
        return value

    read = check

    def write(self, value: str) -> str:
        return value


@dataclass(frozen=True)
class Number:
    """A real number in a closed range."""

    name: str
    low: float
    high: float
    default: float

    def check(self, value: Any) -> float:
        fits = isinstance(value, int | float) and not isinstance(value, bool)
        if not fits or not self.low <= value <= self.high:  # a comparison with nan is false
            raise self.refusal()
        return float(value)

    def read(self, text: str) -> float:
        if not NUMBER.fullmatch(text):
            raise self.refusal()
        return self.check(float(text))

    def refusal(self) -> FieldError:
        return FieldError(TEXT["want_range"].format(low=short_number(self.low), high=short_number(self.high)))

    def write(self, value: float) -> str:
        return short_number(value)


@dataclass(frozen=True)
class Whole:
    """A whole number in a closed range."""

    name: str
    low: int
    high: int
    default: int

    def check(self, value: Any) -> int:
        whole = isinstance(value, int) and not isinstance(value, bool)
        if not whole or not self.low <= value <= self.high:
            raise self.refusal()
        return value

    def read(self, text: str) -> int:
        if not WHOLE.fullmatch(text):
            raise self.refusal()
        return self.check(int(text))

    def refusal(self) -> FieldError:
        return FieldError(TEXT["want_whole"].format(low=self.low, high=self.high))

    def write(self, value: int) -> str:
        return str(value)


@dataclass(frozen=True)
class Flag:
    """Yes or no, written 1 or 0."""

    name: str
    default: bool = False

    def check(self, value: Any) -> bool:
        if not isinstance(value, bool):
            raise FieldError(TEXT["want_flag"])
        return value

    def read(self, text: str) -> bool:
        if text not in ("0", "1"):
            raise FieldError(TEXT["want_flag"])
        return text == "1"

    def write(self, value: bool) -> str:
        return "1" if value else "0"


Field = Choice | Text | Number | Whole | Flag
Values = dict[str, Any]


def is_control(character: str) -> bool:
    """Tell whether a character is a control character or half of a pair, tab and line breaks excepted."""
    return unicodedata.category(character) in ("Cc", "Cs") and character not in "\t\n\r"


def short_number(value: float) -> str:
    """Write a number so that reading gives exactly it back: 2.0 as "2", 0.1 as "0.1"."""
    text = repr(float(value))
    return text.removesuffix(".0")


def shown(value: Any) -> str:
    """Return a refused value as it may stand in a message: printable, one line, short."""
    text = "".join(character if character.isprintable() else "�" for character in str(value)[: SHOWN_LIMIT + 1])
    return text if len(text) <= SHOWN_LIMIT else text[:SHOWN_LIMIT] + "…"


def defaults(fields: Sequence[Field]) -> Values:
    """Return each field's default by name."""
    return {field.name: field.default for field in fields}


def shortened(problems: list[str]) -> list[str]:
    """Keep the first messages and count the others."""
    if len(problems) <= PROBLEM_LIMIT:
        return problems
    return [*problems[:PROBLEM_LIMIT], TEXT["more"].format(count=len(problems) - PROBLEM_LIMIT)]


def refused(field: Field, value: Any, wanted: str) -> str:
    """Return the message for a value that a field refused."""
    text = TEXT["invalid"] if field.default != "" else TEXT["invalid_no_default"]
    default = field.write(field.default)
    return text.format(name=field.name, value=shown(value), wanted=wanted, default=shown(default))


def read_values(
    fields: Sequence[Field], given: Mapping[str, Any], as_text: bool, silent: Iterable[str] = ()
) -> tuple[Values, list[str]]:
    """Read what was given for each field; what is missing or refused takes the default and a message."""
    values, problems = defaults(fields), []
    by_name = {field.name: field for field in fields}
    for name, value in given.items():
        field = by_name.get(name)
        if field is None:
            if name not in silent:
                problems.append(TEXT["unknown"].format(name=shown(name)))
            continue
        try:
            values[name] = field.read(value) if as_text else field.check(value)
        except FieldError as error:
            problems.append(refused(field, value, str(error)))
    return values, shortened(problems)


def read_link(fields: Sequence[Field], query_params: Mapping[str, str]) -> tuple[Values, list[str]]:
    """Read the values of an address; never raises, runs nothing.

    Returns (every field's value, messages for people: what was wanted, what came). Unknown names are left out with a
    message; an invalid value gives the default; an address that is too long is not read at all.
    """
    given = {str(name): str(value) for name, value in query_params.items()}
    if sum(len(name) + len(value) for name, value in given.items()) > ADDRESS_LIMIT:
        return defaults(fields), [TEXT["address_too_long"].format(limit=ADDRESS_LIMIT)]
    return read_values(fields, given, as_text=True, silent=STREAMLIT_KEYS)


def write_link(fields: Sequence[Field], values: Mapping[str, Any]) -> dict[str, str]:
    """Return name and text of each value that differs from its default; a value the field refuses is left out."""
    written = {}
    for field in fields:
        try:
            value = field.check(values.get(field.name, field.default))
        except FieldError:
            continue
        if value != field.default:
            written[field.name] = field.write(value)
    return written


def state_json(page: str, fields: Sequence[Field], values: Mapping[str, Any], result: Any = None) -> bytes:
    """Return the state as a JSON file: every value, and the result it gave where one is passed along.

    Opening it again reads the values only; the result is for other programs.
    """
    kept, _ = read_values(fields, {name: value for name, value in values.items() if value is not None}, as_text=False)
    record = {"app": APP_NAME, "version": STATE_VERSION, "page": page, "values": kept}
    if result is not None:
        record["result"] = result
    return json.dumps(record, ensure_ascii=False, allow_nan=False).encode()


def read_state_json(data: bytes, page: str, fields: Sequence[Field]) -> tuple[Values | None, list[str]]:
    """Read a file that `state_json` wrote. Returns (values or None when it is no such file, messages); never raises."""
    if len(data) > FILE_LIMIT:
        return None, [TEXT["file_too_long"].format(size=len(data), limit=FILE_LIMIT)]
    try:
        record = json.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        return None, [TEXT["not_json"]]
    if not isinstance(record, dict) or record.get("app") != APP_NAME or not isinstance(record.get("values"), dict):
        return None, [TEXT["not_ours"]]
    if record.get("version") != STATE_VERSION:
        wanted = {"version": shown(record.get("version")), "wanted": STATE_VERSION}
        return None, [TEXT["other_version"].format(**wanted)]
    if record.get("page") != page:
        return None, [TEXT["other_page"].format(page=shown(record.get("page")))]
    return read_values(fields, record["values"], as_text=False)


# ---- Streamlit ----

ARRIVED = "links: arrived at"
CURRENT = "links: current page"
MENU = "links: pages of the menu"

ADDRESS_SCRIPT = """
export default function ({ data }) {
  const here = window.location;
  const page = here.pathname.replace(/\\/+$/, "").split("/").pop();
  if (data.others.includes(page)) return;  // another page was opened meanwhile
  const kept = [...new URLSearchParams(here.search)].filter(([name]) => name.startsWith("embed"));
  const query = new URLSearchParams([...data.pairs, ...kept]).toString();
  const target = here.pathname + (query ? "?" + query : "") + here.hash;
  if (target !== here.pathname + here.search + here.hash) window.history.replaceState(window.history.state, "", target);
}
"""


@cache
def _address_component() -> Callable[..., Any]:
    return st.components.v2.component("attention_lab.address", js=ADDRESS_SCRIPT)


def widget_key(page: str, name: str) -> str:
    """Return the session key of a field's widget."""
    return f"{page}_{name}"


def mark_page(page: str, menu: Iterable[str] = ()) -> None:
    """Note which page of the menu is drawn, so that `open_link` knows an arrival from a rerun.

    The front door calls it, with the addresses of all pages.
    """
    st.session_state[MENU] = tuple(menu)
    if st.session_state.get(CURRENT) != page:
        st.session_state[CURRENT] = page
        st.session_state[ARRIVED] = page


def open_link(page: str, fields: Sequence[Field]) -> list[str]:
    """Fill the widgets' state: from the address on arrival, else from what the visitor chose before.

    Call it first on a page. Returns messages about the address, until the visitor changes something.
    """
    kept = st.session_state.get(shadow_key(page))
    arrived = st.session_state.pop(ARRIVED, None) == page or kept is None
    given = {name: st.query_params[name] for name in st.query_params}
    if arrived and (kept is None or (given and given != write_link(fields, kept))):
        values, problems = read_link(fields, given)
        set_values(page, fields, values)
        st.session_state[problems_key(page)] = (values, problems)
        return problems
    keep_values(page, fields)
    return noted_problems(page, fields)


def keep_values(page: str, fields: Sequence[Field]) -> None:
    """Give back their values to widgets that were not drawn in the last run, whose state Streamlit has dropped.

    `open_link` does it for a whole run; a fragment that does not always draw all its widgets calls it first.
    """
    kept = st.session_state[shadow_key(page)]
    for field in fields:
        key = widget_key(page, field.name)
        if key not in st.session_state:
            st.session_state[key] = kept[field.name]


def set_values(page: str, fields: Sequence[Field], values: Mapping[str, Any]) -> None:
    """Set the state of all widgets; only before they are drawn, so at the top of a page or in a callback."""
    st.session_state[shadow_key(page)] = dict(values)
    for field in fields:
        st.session_state[widget_key(page, field.name)] = values[field.name]


def open_state(page: str, fields: Sequence[Field], data: bytes) -> list[str]:
    """Open a saved state in a callback: set all widgets from the file. Returns messages; nothing changes on failure."""
    values, problems = read_state_json(data, page, fields)
    if values is not None:
        set_values(page, fields, values)
    return problems


def current_values(page: str, fields: Sequence[Field]) -> Values:
    """Return each field's value as the widgets have it now, kept for the next visit of the page too."""
    kept = st.session_state.setdefault(shadow_key(page), defaults(fields))
    for field in fields:
        value = st.session_state.get(widget_key(page, field.name), kept[field.name])
        kept[field.name] = field.default if value is None else value
    return dict(kept)


def show_link(page: str, fields: Sequence[Field], slot: str = "page") -> bool:
    """Write what differs from the defaults into the address, with no rerun and no entry in the browser's history.

    Call it last on a page; where widgets live in a fragment, last in the fragment too, with a `slot` of its own.
    Returns False when the values are too long for an address, which then stays bare: offer `state_json`.
    """
    written = write_link(fields, current_values(page, fields))
    fits = len(urlencode(written)) <= ADDRESS_LIMIT
    with st.container(key=f"address_{page}_{slot}"):
        pairs = [[name, value] for name, value in written.items()] if fits else []
        others = [other for other in st.session_state.get(MENU, ()) if other != page]
        _address_component()(data={"others": others, "pairs": pairs}, key=f"address_component_{page}_{slot}")
    return fits


def link_query(page: str, fields: Sequence[Field]) -> str:
    """Return the part of the address from the page's name on, such as "translation?beam=8"."""
    query = urlencode(write_link(fields, current_values(page, fields)))
    return f"{page}?{query}" if query else page


def noted_problems(page: str, fields: Sequence[Field]) -> list[str]:
    """Return the messages about the address as long as the values are those that it gave."""
    values, problems = st.session_state.get(problems_key(page), ({}, []))
    if problems and current_values(page, fields) == values:
        return problems
    st.session_state.pop(problems_key(page), None)
    return []


def shadow_key(page: str) -> str:
    """Return the session key of the values that outlive the widgets."""
    return f"links: values of {page}"


def problems_key(page: str) -> str:
    """Return the session key of the messages about the address."""
    return f"links: problems of {page}"
