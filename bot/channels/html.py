"""What the server-rendered pages share: templates, words, policy, clean text, whom to call."""

from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

import yaml
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from bot.policy import policy as policy
from bot.signs import clean_lines as clean_lines
from knowledge import LANGUAGE_NAMES, LANGUAGES, Knowledge, Language, dialled, unbroken

#: Templates and their words, `<catalogue>.<language>.yml`.
FOLDER = Path(__file__).resolve().parents[1] / "web" / "pages"
NAMES = LANGUAGE_NAMES
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
        code: unbroken(yaml.safe_load((FOLDER / f"{name}.{code}.yml").read_text(encoding="utf-8")))
        for code in LANGUAGES
    }


def clean(value: Any) -> Any:
    """A card's texts as they are shown: without characters that are invisible, turn text around
    or break encoders."""
    if isinstance(value, str):
        text = clean_lines("".join(" " if c in "\n\r\t" else c for c in value)).strip()
        return unbroken(text)
    if isinstance(value, dict):
        return {key: clean(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [clean(item) for item in value]
    return value


def human(knowledge: Knowledge, language: Language, at: datetime) -> list[Phone]:
    """The numbers at which a person of the association answers."""
    card = clean(knowledge.service_card(knowledge.association, language, at=at))
    return [Phone(p["number"], dialled(p["number"]), p["label"]) for p in card["phones"]]
