"""The directory: services, helplines, partners and places as files a person can edit.

This is its only door; modules with a leading underscore are private.
"""

from knowledge._base import FOLDER, Knowledge, load
from knowledge._errors import InvalidKnowledge, KnowledgeError, Problem, UnknownId
from knowledge._find import Match
from knowledge._model import LANGUAGES, Fact, Helpline, Language, Need, Place, Service
from knowledge._phone import dialled, spoken

__all__ = [
    "FOLDER",
    "LANGUAGES",
    "Fact",
    "Helpline",
    "InvalidKnowledge",
    "Knowledge",
    "KnowledgeError",
    "Language",
    "Match",
    "Need",
    "Place",
    "Problem",
    "Service",
    "UnknownId",
    "dialled",
    "load",
    "spoken",
]
