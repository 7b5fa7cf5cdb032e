"""The sheet a client takes along: how to reach the service, in the client's language."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Mapping, Optional
from urllib.parse import quote

from bot.signs import clean_lines
from knowledge import Knowledge, Language, Service, unbroken

Words = Mapping[str, Any]
#: The language of a sheet for who speaks none of ours.
FALLBACK: Language = "fr"
#: Fields of a service in the order of the sheet, each a word of the catalogue.
_FIELDS = ("cost", "appointment")


@dataclass(frozen=True)
class Sheet:
    """What stands on it. `rows`: (field in words, text). `address`: what the QR code leads to.
    `foreign`: a line in the language the client speaks, when the sheet is in another.
    `client`: (field in words, text), only as agreed to.
    """

    language: Language
    title: str
    name: str
    summary: str
    alert: Optional[str]
    rows: tuple[tuple[str, str], ...]
    bring: str
    client: tuple[tuple[str, str], ...]
    address: Optional[str]
    foreign: Optional[str]
    danger: str
    footer: str

    @property
    def text(self) -> str:
        """The sheet as an e-mail."""
        parts = [self.foreign, self.name, self.summary, self.alert]
        told = [f"{label}: {text}" for label, text in (*self.rows, *self.client)]
        link = [self.address] if self.address else []
        return "\n".join([*filter(None, parts), "", *told, *link, "", self.danger, self.footer])

    @property
    def mailto(self) -> str:
        """A link that opens the e-mail, without anybody it goes to."""
        body = quote(self.text.replace("\n", "\r\n"), safe="")
        return f"mailto:?subject={quote(f'{self.title}: {self.name}', safe='')}&body={body}"


def sheet(
    knowledge: Knowledge,
    service: Service,
    language: Language,
    words: Words,
    at: datetime,
    *,
    public_url: Optional[str] = None,
    spoken: Optional[str] = None,
    client: tuple[Optional[str], Optional[str]] = (None, None),
) -> Sheet:
    """A sheet at a moment of Luxembourg. `words`: the sheet's, in its language.

    `spoken`: the code of another language the client speaks. `client`: name and phone to print.
    """
    card = knowledge.service_card(service, language, at=at)
    phones = [" – ".join(filter(None, (p["number"], p["label"]))) for p in card["phones"]]
    texts: dict[str, Optional[str]] = {
        "address": card["address"],
        "phone": ", ".join(phones),
        "email": card["email"],
        "website": card["website"],
        "hours": card["hours_text"],
        "who": card["who"],
    }
    texts |= {field: knowledge.text(service, field, language, at=at) for field in _FIELDS}
    if not knowledge.reachable(service):
        house = knowledge.service_card(knowledge.association, language, at=at)
        texts["ask"] = ", ".join(p["number"] for p in house["phones"]) or None
    page = f"{public_url}/services/{service.id}?lang={language}" if public_url else None
    named = {"client_name": client[0], "client_phone": client[1]}
    return Sheet(
        language=language,
        title=words["title"],
        name=clean_lines(card["name"]),
        summary=clean_lines(card["summary"]),
        alert=clean_lines(card["alert"]) if card["alert"] else None,
        rows=tuple((words[key], clean_lines(text)) for key, text in texts.items() if text),
        bring=words["bring"],
        client=tuple((words[key], text) for key, text in named.items() if text),
        address=page or card["website"],
        foreign=words["foreign"].get(spoken) if spoken else None,
        danger=words["danger"],
        footer=words["footer"].format(
            house=unbroken(knowledge.association.name.in_(language)), date=at.strftime("%d.%m.%Y")
        ),
    )
