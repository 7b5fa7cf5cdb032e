"""Entity tags: an answer the caller has already is not sent again."""

import hashlib

from fastapi import Request
from werkzeug.http import parse_etags


def tag_of(body: bytes) -> str:
    """A tag that changes with the body, without quotes."""
    return hashlib.sha256(body).hexdigest()[:32]


def is_held(request: Request, tag: str) -> bool:
    """Whether the caller has the answer with this tag (`If-None-Match`)."""
    return parse_etags(request.headers.get("if-none-match")).contains_weak(tag)
