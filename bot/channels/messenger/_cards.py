"""Services and helplines: what to do is one tap, and everything known is written out."""

from collections.abc import Iterable
from typing import Any, Optional
from urllib.parse import quote

import phonenumbers
from babel import Locale

from bot.channels.messenger import _limits
from bot.channels.messenger._bodies import (
    Body,
    Button,
    call,
    element,
    link,
    template,
    texts,
    with_buttons,
)
from bot.channels.messenger._text import clean, shorten
from bot.channels.messenger._words import known, word
from bot.reply import Message
from knowledge import Language, dialled

#: Fields of a service that are shown as a line "label: value", in their order.
_LINES = (
    ("address", "address"),
    ("hours_text", "hours"),
    ("email", "email"),
    ("website", "website"),
    ("who", "who"),
    ("cost", "cost"),
)


def services(cards: list[Message], public_url: Optional[str]) -> list[Body]:
    """Cards to swipe through with their taps, then everything known of each in writing."""
    bodies = []
    for start in range(0, len(cards), _limits.ELEMENTS):
        some = cards[start : start + _limits.ELEMENTS]
        bodies.append(template("generic", elements=[_element(c, public_url) for c in some]))
    return bodies + _packed(["\n".join(_details(card)) for card in cards])


def helpline(card: Message, public_url: Optional[str]) -> list[Body]:
    """One helpline, a message of its own: the number first, and a tap to call it."""
    language = known(card.get("lang"))
    number, name = _of(card, "number"), _of(card, "name")
    label = _of(card, "label")
    # "112 – secours" already begins with its number.
    named = number and name.startswith(number)
    lines = [
        *([_noted(name, label)] if named else [_noted(number, label), name]),
        _of(card, "opening"),
        _line(language, "hours", _of(card, "hours_text")),
        _line(language, "languages", _spoken_languages(language, card.get("languages"))),
    ]
    buttons = _buttons(language, number, None, _page(public_url, "helplines", card))
    known_lines = [line for line in lines if line] or [word(language, "unknown")]
    return with_buttons("\n".join(known_lines), buttons)


def e164(number: str) -> Optional[str]:
    """The number as Messenger dials it, "+352…"; None for a short number (112) or no number.

    Short numbers have no international form: a call button would ring nowhere.
    """
    try:
        parsed = phonenumbers.parse(number, "LU")
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(parsed):
        return None
    formatted: str = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
    # Both readings of what is printed must agree before anybody is made to call it.
    return formatted if formatted == dialled(number) else None


def _element(card: Message, public_url: Optional[str]) -> dict[str, Any]:
    language = known(card.get("lang"))
    phones = _phones(card)
    first = phones[0] if phones else ("", "")
    buttons = _buttons(language, first[0], card.get("map_url"), _page(public_url, "services", card))
    contact = _noted(*first) or _of(card, "address") or _of(card, "email")
    subtitle = " · ".join(filter(None, [contact, _of(card, "opening")]))
    subtitle = subtitle or _of(card, "summary") or word(language, "unknown")
    name = _of(card, "name") or subtitle
    return element(
        shorten(name, _limits.ELEMENT_TITLE), shorten(subtitle, _limits.ELEMENT_SUBTITLE), buttons
    )


def _details(card: Message) -> Iterable[str]:
    """Every known field, what to do first."""
    language = known(card.get("lang"))
    phones = [_noted(number, label) for number, label in _phones(card)]
    lines = [
        _of(card, "name"),
        _of(card, "opening"),
        *(_line(language, "phone", phone) for phone in phones),
        *(_line(language, key, _of(card, field)) for field, key in _LINES),
        _line(language, "languages", ", ".join(card.get("languages") or [])),
        _of(card, "alert"),
        _of(card, "summary"),
        _line(language, "verified", _day(_of(card, "verified_on"))),
    ]
    if not (phones or _of(card, "email") or _of(card, "address")):
        lines.insert(1, word(language, "unknown"))
    return filter(None, lines)


def _packed(blocks: list[str]) -> list[Body]:
    """As few texts as hold the blocks; a block is only cut when it is longer than one text."""
    packed: list[str] = []
    for block in blocks:
        joined = f"{packed[-1]}\n\n{block}" if packed else block
        if packed and _limits.length(joined) <= _limits.TEXT:
            packed[-1] = joined
        else:
            packed.append(block)
    return [body for text in packed for body in texts(text)]


def _buttons(
    language: Language, number: str, map_url: Optional[str], page: Optional[str]
) -> list[Button]:
    buttons = []
    dial = e164(number)
    if dial:
        long = word(language, "call_number", number=number)
        short = word(language, "call")
        buttons.append(call(long if _limits.length(long) <= _limits.TITLE else short, dial))
    if map_url:
        buttons.append(link(word(language, "map"), map_url))
    if page:
        buttons.append(link(word(language, "more"), page))
    return buttons


def _page(public_url: Optional[str], kind: str, card: Message) -> Optional[str]:
    name = _of(card, "id")
    if not (public_url and name):
        return None
    return f"{public_url}/{kind}/{quote(name, safe='')}?lang={known(card.get('lang'))}"


def _phones(card: Message) -> list[tuple[str, str]]:
    found = card.get("phones") or []
    pairs = [(clean(p.get("number") or ""), clean(p.get("label") or "")) for p in found]
    return [pair for pair in pairs if pair[0]]


def _of(card: Message, field: str) -> str:
    return clean(str(card.get(field) or ""))


def _noted(value: str, note: str) -> str:
    return f"{value} – {note}" if value and note else value


def _line(language: Language, key: str, value: str) -> str:
    return word(language, "line", label=word(language, key), value=value) if value else ""


def _day(date: str) -> str:
    """ "2025-04-30" as people write it: "30.04.2025"."""
    return ".".join(reversed(date.split("-")))


def _spoken_languages(language: Language, codes: Optional[Iterable[str]]) -> str:
    names = Locale(language).languages
    return ", ".join(str(names.get(code, code)) for code in codes or [])
