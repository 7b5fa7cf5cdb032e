"""What is known of a cry for help while it is talked about, in memory only.

Nothing but a flag is stored of it (docs/conversation.md). What makes the next answer better, such
as the lines that were shown, is lost with a restart: the answers are then about all lines.
"""

from collections import OrderedDict
from dataclasses import dataclass, field, replace
from typing import Any, Optional

from bot.reply import Reply

_MOST = 1000
#: Sentences of ours that the next answer avoids.
_LATELY = 12


@dataclass(frozen=True)
class Aside:
    """`lines`, `services`: ids shown; `crisis`: what was heard; `household`: the person's.

    `said`: our own last sentences, so that none comes twice in a row.
    """

    lines: list[str] = field(default_factory=list)
    crisis: list[str] = field(default_factory=list)
    household: Optional[str] = None
    services: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)


class Asides:
    """One for each conversation, the oldest forgotten first."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, Aside] = OrderedDict()

    def get(self, conversation: str) -> Aside:
        return self._kept.get(conversation, Aside())

    def after(self, conversation: str, found: dict[str, Any], reply: Reply, *, over: bool) -> None:
        """Keeps what the next answers need of a cry (Rasa's parse of it), until it is over.

        Of the answer that ends it only our own words are kept, once more: they stand nowhere else.
        """
        before = self.get(conversation)
        texts = [str(m["text"]) for m in reply.messages if m.get("text")]
        said = [*before.said, *texts][-_LATELY:]
        if over:
            self.forget(conversation)
            if before.crisis:
                self.keep(conversation, Aside(said=said))
            return
        if found.get("crisis"):
            told = (e["value"] for e in found["entities"] if e["entity"] == "household")
            household = next(told, before.household)
            crisis = list(found["crisis"])
            self.keep(conversation, Aside(reply.helplines, crisis, household, reply.services, said))
        elif before.crisis:
            self.keep(conversation, replace(before, said=said))

    def keep(self, conversation: str, aside: Aside) -> None:
        self._kept.pop(conversation, None)
        self._kept[conversation] = aside
        while len(self._kept) > _MOST:
            self._kept.popitem(last=False)

    def forget(self, conversation: str) -> None:
        self._kept.pop(conversation, None)
