"""The steps of the work that waits, as a worker is given them."""

from dataclasses import dataclass, field
from typing import Any, Optional, Union


class Lost(Exception):
    """The claim ended; somebody else may be at work for this person."""


@dataclass(frozen=True)
class Ask:
    """A message to answer. `once` is the same for the same message only.

    `last`: earlier tries failed, so only say sorry.
    `silent`: somebody of the page talks with them; `returns`: somebody did.
    """

    id: int
    person: str
    once: str
    address: str
    kind: str
    content: dict[str, Any]
    language: Optional[str]
    choices: Optional[dict[str, Any]]
    last: bool
    silent: bool
    returns: bool
    told_write_at: int


@dataclass(frozen=True)
class Send:
    """A message to send, or another thing to do in its turn (`kind`: "message", "pass", "erase").

    `wrote_at`: when the person wrote last.
    """

    id: int
    person: str
    address: str
    kind: str
    body: dict[str, Any]
    tries: int
    by_person: bool
    wrote_at: int
    happening: Optional[int] = None


@dataclass(frozen=True)
class Outgoing:
    """Something to be sent, or done in its turn. `happening`: what of the desk it says."""

    body: dict[str, Any] = field(default_factory=dict)
    kind: str = "message"
    by_person: bool = False
    happening: Optional[int] = None


Step = Optional[Union[Ask, Send]]
