"""What a worker is writing: it comes back with the page whatever happens to it."""

import re
import secrets
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Mapping

from bot.desk.access import Form
from bot.signs import clean_lines
from knowledge import LUXEMBOURG, Knowledge, Language

#: Letters of a message, of a word to a colleague, of a search.
LONGEST, NOTE, SEARCH = 4000, 500, 200
_HITS = 6


@dataclass
class Draft:
    """`wrong`: keys of the words for what must be put right. `once`: the id of this message."""

    text: str = ""
    q: str = ""
    note: str = ""
    once: str = field(default_factory=lambda: secrets.token_hex(16))
    hits: list[dict[str, Any]] = field(default_factory=list)
    searched: bool = False
    wrong: list[str] = field(default_factory=list)


def read(form: Form) -> Draft:
    """What a form holds."""
    text = clean_lines(form["text"].replace("\r\n", "\n"))
    draft = Draft(text, form["q"][:SEARCH], clean_lines(form["note"]))
    if re.fullmatch(r"[0-9a-f]{8,64}", form["once"]):
        draft.once = form["once"]
    return draft


def insert(draft: Draft, canned: Mapping[str, Mapping[str, str]], key: str) -> None:
    """Adds a prepared text below what is written."""
    if key in canned:
        draft.text = f"{draft.text.rstrip()}\n{canned[key]['text']}".lstrip("\n")


def search(draft: Draft, knowledge: Knowledge, language: Language) -> None:
    """Finds services for the card to show, as visitors would see them."""
    draft.searched = True
    if not draft.q.strip():
        return
    at = datetime.now(LUXEMBOURG)
    for hit in knowledge.search(draft.q, language=language, limit=2 * _HITS):
        if hit.kind == "service" and len(draft.hits) < _HITS:
            service = knowledge.service(hit.id)
            draft.hits.append(knowledge.service_card(service, language, at=at))
