"""Likely names of people in free text: what follows "my name is", or Madam and Sir.

No list of names: one that nothing announces ("Marie is ill") is not found, nor are addresses.
"""

import re

NAME = "[name]"

_WORD = r"[^\W\d_]+(?:['’\u2010-][^\W\d_]+)*"
_CAPITAL = r"(?=[^\W\d_a-zß-öø-ÿ])" + _WORD
_PARTICLE = (
    r"(?:(?:de|du|des|la|le|von|van|vom|zu|der|den|dem|da|dos|das|di|del|el|al|ben)\s+"
    r"|d['’](?=[^\W\d_a-z]))"
)
#: First name and surname, or several of them, with what stands between.
_CAPITALS = rf"{_PARTICLE}{{0,2}}{_CAPITAL}(?:\s+{_PARTICLE}{{0,2}}{_CAPITAL}){{0,2}}"
#: What a sentence goes on with after a name.
_GOES_ON = (
    r"(?:et|und|an|and|mais|aber|awer|j|je|ich|ech|qui|de|la|le|avec|mat|mit|pas|net|nicht"
    r"|comme|wéi|wie)"
)
#: Written small, as on a phone: one word, and a second one where the sentence ends with it.
_SMALL = (
    rf"(?!{_GOES_ON}\b){_WORD}"
    rf"(?:[ \u00a0]+(?!{_GOES_ON}\b){_WORD}(?=\s*(?:[.,;!?)\n]|$|\s(?:et|und|an|and)\b)))?"
)
_ANNOUNCED = re.compile(
    r"\b(?i:(?P<before>"
    r"je\s+m['’]\s?app?ell?e|(?<!ça )(?<!cela )s['’]\s?app?elle(?:nt)?"
    r"|(?:mon|son|leur)\s+(?:pré)?nom(?:\s+de\s+famille)?\s+(?:est|c['’]est)"
    r"|ich\s+hei(?:ß|ss)e|(?:mein|sein|ihr)\s+(?:vor|nach|familien)?name\s+ist"
    r"|(?:er|sie|sohn|tochter|mann|frau|kind)\s+hei(?:ß|ss)t"
    r"|ech\s+heesch?en?|(?:mäin|säin|hiren|hire)\s+(?:virn|familljen)?numm\s+ass"
    r"|(?:hien|hatt|si|jong|bouf|meedchen|duechter|mann|fra|kand)\s+heescht"
    r")(?P<gap>\s*:?\s+))"
    rf"(?:{_CAPITALS}|(?i:{_SMALL}))"
)
_NOT_ONE = "".join(
    rf"(?<!\b[{w[0]}{w[0].upper()}]{w[1:]} )"
    for w in ("eng", "keng", "all", "eine", "keine", "jede", "junge", "alte")
)
_TITLED = re.compile(
    rf"(?<!\w){_NOT_ONE}(?P<before>"
    r"(?:Mmes?|MMES?|Mlles?|[Mm]adame|[Mm]ademoiselle|[Mm]onsieur|Mr|Mrs|M|MM|[Dd]octeur|Dr"
    r"|Herrn?|Frau|Här(?:en)?|Madamm|Joffer|mme|mr|herr|frau|här|madamm)\.?(?:[ \u00a0]Dr\.?)?"
    rf")(?P<gap>[ \u00a0]+)(?!(?:Mitte|Anfang|Ende)\b){_CAPITALS}"
)


def mask_names(text: str) -> str:
    """The text with a mark in the place of each announced name."""

    def masked(found: "re.Match[str]") -> str:
        return found["before"] + found["gap"] + NAME

    return _TITLED.sub(masked, _ANNOUNCED.sub(masked, text))
