"""The directory editor: /desk/directory."""

from fastapi import APIRouter

from bot.desk.access import Access
from bot.desk.editor._deeds import Deeds
from bot.desk.editor._entries import Entries, is_conflict
from bot.desk.editor._reading import Reading
from bot.desk.editor._writing import Writing
from bot.desk.rendering import Rendering

__all__ = ["Entries", "add_editor", "is_conflict"]


def add_editor(router: APIRouter, access: Access, *, verify_days: int) -> None:
    """Adds every page. `verify_days`: what was verified longer ago is overdue."""
    pages = Rendering(access, "words", "directory")
    for part in (Writing, Deeds, Reading):  # "new" is no kind of entry: the form goes first
        part(access, pages, verify_days).add_to(router)
