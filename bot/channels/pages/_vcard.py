"""An entry as a contact for a phone's address book: vCard 3.0, which every phone imports."""

import re
from collections.abc import Iterator

from bot.channels.pages._entry import Entry

#: "46, rue de la Gare, L-7590 Mersch"
_ADDRESS = re.compile(r"(?P<street>.+?),?\s+(?P<code>L-\d{4})\s+(?P<city>.+)")
_MOST_OCTETS = 75


def vcard(entry: Entry, words: dict[str, str], url: str) -> str:
    """The card (RFC 2426), lines folded. What is not confirmed is said in its note.

    `url` is the address of the entry's page.
    """
    return "".join(f"{_folded(line)}\r\n" for line in _lines(entry, words, url))


def _lines(entry: Entry, words: dict[str, str], url: str) -> Iterator[str]:
    name = _escaped(entry.name)
    yield "BEGIN:VCARD"
    yield "VERSION:3.0"
    yield f"FN:{name}"
    yield f"N:{name};;;;"
    yield f"ORG:{name}"
    # Without this, an iPhone files an organisation under a person's name.
    yield "X-ABSHOWAS:COMPANY"
    for phone in entry.phones:
        yield f"TEL;TYPE=WORK,VOICE:{phone.dialled}"
    if entry.email:
        yield f"EMAIL;TYPE=INTERNET:{_escaped(entry.email)}"
    if len(entry.addresses) == 1:
        yield f"ADR;TYPE=WORK:{_address(entry.addresses[0])}"
    if entry.website:
        yield f"URL:{entry.website}"
    yield f"NOTE:{_escaped(chr(10).join(_notes(entry, words, url)))}"
    yield f"UID:{url.partition('?')[0]}"
    yield "END:VCARD"


def _address(text: str) -> str:
    """The structured address: box; annexe; street; town; region; postcode; country."""
    parts = _ADDRESS.fullmatch(text)
    if not parts:
        return f";;{_escaped(text)};;;;"
    street, code, city = (_escaped(parts[name]) for name in ("street", "code", "city"))
    return f";;{street};{city};;{code};"


def _notes(entry: Entry, words: dict[str, str], url: str) -> list[str]:
    noticed = [f"{p.number}: {p.notice}" for p in entry.phones if p.notice]
    rows = [
        ("hours", entry.hours),
        ("address", entry.address),
        ("who", entry.who),
        ("cost", entry.cost),
    ]
    labelled = [f"{words[key]}: {text}" for key, text in rows if text]
    alert = [entry.alert] if entry.alert else []
    return [entry.summary, *noticed, *alert, *labelled, url]


def _escaped(text: str) -> str:
    return re.sub(r"([\\,;])", r"\\\1", text).replace("\n", r"\n")


def _folded(line: str) -> str:
    """The line in parts of at most 75 octets, no character and no escape torn apart."""
    parts = [""]
    octets = 0
    for unit in re.findall(r"\\.|.", line):
        size = len(unit.encode())
        if octets + size > _MOST_OCTETS:
            parts.append("")
            octets = 1  # the space that begins a continuation
        parts[-1] += unit
        octets += size
    return "\r\n ".join(parts)
