"""What the pages of the directory share: who may enter, the entry meant, what visitors see."""

import re
from datetime import datetime
from typing import Any, Callable, Optional, Union

from fastapi import Request, Response
from markupsafe import Markup

from bot.desk.access import Access, Form, at_least, spoken, to
from bot.desk.editor._changes import Difference, differences
from bot.desk.editor._entries import Entries, UnknownEntry, entry_of, is_key
from bot.desk.editor._fields import Schema
from bot.desk.rendering import NAMES, Rendering
from bot.problems import Problem
from bot.store import Role, Worker
from knowledge import (
    ASSOCIATION,
    LANGUAGES,
    LUXEMBOURG,
    Document,
    Helpline,
    Knowledge,
    Language,
    Service,
)

#: Card and page of an entry as visitors see them in a language.
Preview = Callable[[Knowledge, Union[Service, Helpline], Language, datetime], tuple[Markup, Markup]]
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_ABOUT = 80
_LANGUAGES: dict[str, str] = {str(code): name for code, name in NAMES.items()}


class Room:
    """Pages under /desk/directory. `days`: what was verified longer ago is overdue."""

    def __init__(self, access: Access, pages: Rendering, days: int) -> None:
        self._access = access
        self._pages = pages
        self._days = days

    def entries(self, request: Request) -> Entries:
        found: Entries = request.app.state.entries
        return found

    def enter(self, request: Request, role: Role) -> Union[Worker, Response]:
        """Who is signed in, or the way to sign in. Raises Problem 403 for another role."""
        worker = self._access.worker(request)
        if worker is None:
            return to("/desk/login")
        if not at_least(worker, role):
            raise Problem(403, "not_your_role")
        return worker

    async def form(self, request: Request) -> Form:
        """What a form of this session sent. Raises Problem 403."""
        form = Form(await request.body())
        self._access.demand(request, form["csrf"])
        return form

    def note(self, request: Request, worker: Worker, did: str, key: str) -> None:
        request.app.state.workers.note(worker.id, did, key[:_ABOUT])

    def previews(
        self, request: Request, knowledge: Knowledge, key: str
    ) -> list[tuple[Language, str, Markup, Markup]]:
        """Language, its name, card and page."""
        show: Preview = request.app.state.preview
        entry, at = entry_of(knowledge, key), datetime.now(LUXEMBOURG)
        return [(code, NAMES[code], *show(knowledge, entry, code, at)) for code in LANGUAGES]

    def told(
        self, request: Request, key: str, old: Document, new: Document
    ) -> list[tuple[str, Optional[str], Optional[str]]]:
        """What differs between documents of an entry, fields and choices in words."""
        language = spoken(request)
        words = self._pages.words[language]
        schema = Schema(key, self.entries(request).knowledge, language)
        return [
            (label(d, words), _value(d, d.old, words, schema), _value(d, d.new, words, schema))
            for d in differences(old, new)
        ]

    def label(self, request: Request, path: str) -> str:
        return label(Difference(path, None, None), self._pages.words[spoken(request)])


def label(difference: Difference, words: dict[str, Any]) -> str:
    """The path of a leaf in words: "Téléphone 1 – Valeur"."""
    said: list[str] = []
    for name in difference.path.split("."):
        if name.isdigit():
            said[-1] += f" {int(name) + 1}"
        elif name not in ("facts", "serves"):
            said.append(_LANGUAGES.get(name) or words["labels"].get(name, name))
    return " – ".join(said)


def _value(
    difference: Difference, value: Optional[str], words: dict[str, Any], schema: Schema
) -> Optional[str]:
    """A leaf as the form shows it: names for ids, days as everywhere else."""
    name = next(part for part in reversed(difference.path.split(".")) if not part.isdigit())
    known = {**schema.choices(name), **words["options"].get(name, {})}
    if value is None or not known:
        return _as_written(value, words)
    parts = value.split(", ")
    return ", ".join(known.get(part, part) for part in parts)


def _as_written(value: Optional[str], words: dict[str, Any]) -> Optional[str]:
    if value and _DAY.fullmatch(value):
        return ".".join(reversed(value.split("-")))
    return words["answers"].get(value, value) if value else value


def key_of(kind: str, name: str) -> str:
    """The key of an address. Raises Problem 404."""
    key = ASSOCIATION if kind == ASSOCIATION else f"{kind}/{name}"
    if not is_key(key):
        raise Problem(404, "not_found")
    return key


def address(key: str) -> str:
    """The address of an entry's page."""
    return f"/desk/directory/{key if key != ASSOCIATION else f'{ASSOCIATION}/{ASSOCIATION}'}"


__all__ = ["Room", "UnknownEntry", "address", "key_of"]
