"""The directory: services, helplines, partners and places as files a person can edit.

This is its only door; modules with a leading underscore are private.
"""

from knowledge._audit import Audit, audit
from knowledge._base import FOLDER, Knowledge, SearchHit, load
from knowledge._card import sentences
from knowledge._clock import LUXEMBOURG, holiday
from knowledge._confirm import HOW, How, confirm, confirmable, source_of
from knowledge._errors import InvalidKnowledge, KnowledgeError, Problem, UnknownId
from knowledge._export import NotWritten, write_document
from knowledge._facts import FACT_FIELDS, Fact
from knowledge._find import Match
from knowledge._freshness import known_on
from knowledge._hours import Opening
from knowledge._hsds import PROFILE as HSDS_PROFILE
from knowledge._hsds import VERSION as HSDS_VERSION
from knowledge._hsds import Filters as HsdsFilters
from knowledge._hsds import Hsds, UnknownValue
from knowledge._hsds import Kind as HsdsKind
from knowledge._languages import LANGUAGE_NAMES, LANGUAGES, Language
from knowledge._live import Directory, directory
from knowledge._model import Helpline, Holidays, Household, Need, Place, Service
from knowledge._office import Office
from knowledge._overlay import (
    ASSOCIATION,
    KINDS,
    Document,
    Laid,
    Overlay,
    fingerprint,
    model_of,
    on_disk,
    plain,
)
from knowledge._phone import dialled, spoken
from knowledge._rules import holidays_held, rules
from knowledge._shown import unbroken
from knowledge._words import fold

__all__ = [
    "ASSOCIATION",
    "Directory",
    "Document",
    "FACT_FIELDS",
    "HOW",
    "How",
    "KINDS",
    "Laid",
    "NotWritten",
    "Overlay",
    "FOLDER",
    "HSDS_PROFILE",
    "HSDS_VERSION",
    "LANGUAGES",
    "LANGUAGE_NAMES",
    "LUXEMBOURG",
    "Audit",
    "Fact",
    "Helpline",
    "Holidays",
    "Household",
    "Hsds",
    "HsdsFilters",
    "HsdsKind",
    "InvalidKnowledge",
    "Knowledge",
    "KnowledgeError",
    "Language",
    "Match",
    "Need",
    "Office",
    "Opening",
    "Place",
    "Problem",
    "SearchHit",
    "Service",
    "UnknownId",
    "audit",
    "UnknownValue",
    "confirm",
    "confirmable",
    "dialled",
    "fingerprint",
    "known_on",
    "model_of",
    "on_disk",
    "plain",
    "source_of",
    "write_document",
    "holiday",
    "holidays_held",
    "rules",
    "sentences",
    "directory",
    "fold",
    "load",
    "spoken",
    "unbroken",
]
