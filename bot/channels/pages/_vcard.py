"""An entry as a contact for a phone's address book: vCard 3.0, which every phone imports."""

import re

import vobject

from bot.channels.pages._entry import Entry

#: "46, rue de la Gare, L-7590 Mersch"
_ADDRESS = re.compile(r"(?P<street>.+?),?\s+L-(?P<code>\d{4})\s+(?P<city>.+)")


def vcard(entry: Entry, words: dict[str, str], url: str) -> str:
    """The card, folded at 75 octets. What is not confirmed is said in its note.

    `url` is the address of the entry's page.
    """
    card = vobject.vCard()
    card.add("fn").value = entry.name
    card.add("n").value = vobject.vcard.Name(family=entry.name)
    card.add("org").value = [entry.name]
    # Without this, an iPhone files an organisation under a person's name.
    card.add("x-abshowas").value = "COMPANY"
    for phone in entry.phones:
        line = card.add("tel")
        line.value = phone.dialled
        line.type_param = ["WORK", "VOICE"]
    if entry.email:
        card.add("email").value = entry.email
    if entry.website:
        card.add("url").value = entry.website
    if len(entry.addresses) == 1:
        address = card.add("adr")
        address.value = _address(entry.addresses[0])
        address.type_param = "WORK"
    card.add("note").value = "\n".join(_notes(entry, words, url))
    card.add("uid").value = url.partition("?")[0]
    text: str = card.serialize()
    return text


def _address(text: str) -> vobject.vcard.Address:
    parts = _ADDRESS.fullmatch(text)
    if not parts:
        return vobject.vcard.Address(street=text)
    return vobject.vcard.Address(
        street=parts["street"], code=f"L-{parts['code']}", city=parts["city"]
    )


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
