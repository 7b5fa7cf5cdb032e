"""What the server-rendered pages share: templates, words, policy, clean text, whom to call."""

import unicodedata
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

import yaml
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from knowledge import LANGUAGES, Knowledge, Language, dialled

#: Templates and their words, `<catalogue>.<language>.yml`.
FOLDER = Path(__file__).resolve().parents[1] / "web" / "pages"
NAMES: dict[Language, str] = {"fr": "Français", "de": "Deutsch", "lb": "Lëtzebuergesch"}
Words = dict[str, Any]


class Phone(NamedTuple):
    """A number as people say it, as a phone dials it, and "to be confirmed" when it is."""

    number: str
    dialled: str
    notice: str


def environment() -> Environment:
    """Templates that escape everything and refuse a gap without a value."""
    return Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        lstrip_blocks=True,
    )


def catalogue(name: str) -> dict[Language, Words]:
    """The words of a kind of page, per language."""
    return {
        code: yaml.safe_load((FOLDER / f"{name}.{code}.yml").read_text(encoding="utf-8"))
        for code in LANGUAGES
    }


def policy(
    *, frames: Iterable[str] = (), forms: Iterable[str] = (), connects: bool = False
) -> dict[str, str]:
    """The headers of a page: what it may load, who may frame it, where its forms may lead.

    Scripts and styles are files of our own: nothing inline, no eval. `frames`: origins besides
    our own; `forms`: origins a form may end at, redirects included; `connects`: to our own API.
    """
    own = "'self'"
    parts = {
        "default-src": "'none'",
        "script-src": own,
        "style-src": own,
        "img-src": own,
        "connect-src": own if connects else "'none'",
        "base-uri": "'none'",
        "form-action": " ".join(forms) or "'none'",
        "frame-ancestors": " ".join([own, *frames]),
    }
    return {
        "Content-Security-Policy": "; ".join(f"{name} {value}" for name, value in parts.items()),
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
        "Cross-Origin-Opener-Policy": "same-origin",
    }


def clean(value: Any) -> Any:
    """A card's texts without characters that are invisible, turn text around or break encoders."""
    if isinstance(value, str):
        return clean_lines("".join(" " if c in "\n\r\t" else c for c in value)).strip()
    if isinstance(value, dict):
        return {key: clean(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [clean(item) for item in value]
    return value


def clean_lines(text: str) -> str:
    """The same of what somebody wrote: line breaks stay."""
    kept = (c for c in text if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cf", "Cs"))
    return "".join(kept)


def human(knowledge: Knowledge, language: Language, at: datetime) -> list[Phone]:
    """The numbers at which a person of the association answers."""
    card = clean(knowledge.service_card(knowledge.association, language, at=at))
    return [Phone(p["number"], dialled(p["number"]), p["label"]) for p in card["phones"]]
